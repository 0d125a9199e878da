"""One line a check, PASS or FAIL, and a last line that counts them: what tests/run reads."""

import sys
import traceback


class Checks:
    """Counts what held and what did not. `name` stands in front of every line."""

    def __init__(self, name):
        self.name = name
        self.passed = 0
        self.failed = 0

    def that(self, holds, sentence, detail=""):
        """States `sentence`; `detail` is printed only when it does not hold. Returns whether it does."""
        if holds:
            self.passed += 1
            print(f"PASS {self.name}: {sentence}", flush=True)
        else:
            self.failed += 1
            print(f"FAIL {self.name}: {sentence}" + (f"\n     {detail}" if detail else ""), flush=True)
        return bool(holds)

    def equal(self, actual, expected, sentence):
        return self.that(actual == expected, sentence, f"expected {expected!r}\n     but got  {actual!r}")

    def fails(self, sentence, detail=""):
        return self.that(False, sentence, detail)


def run(name, suite):
    """Calls suite(checks), turns an exception into a failed check, prints the count, and exits 0 only if all held."""
    checks = Checks(name)
    try:
        suite(checks)
    except Exception as error:  # a suite that cannot go on has failed, and its trace says where
        checks.fails(f"the suite could go on ({type(error).__name__})", str(error))
        traceback.print_exc()
    if checks.passed + checks.failed == 0:
        checks.fails("something was checked")
    print(f"{checks.passed} passed, {checks.failed} failed", flush=True)
    sys.exit(0 if checks.failed == 0 else 1)
