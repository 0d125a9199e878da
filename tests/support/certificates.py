"""Certificates for suites: an authority of their own, made by the `openssl` program, and what it signs."""

import shutil

from processes import run_program


def openssl(*arguments):
    status, _, error = run_program(["openssl", *arguments])
    if status != 0:
        raise RuntimeError(f"openssl {arguments[0]} ended with {status}: {error}")


class Pair:
    """A certificate and its key, as PEM files."""

    def __init__(self, folder, name):
        self.certificate, self.key = folder / f"{name}.pem", folder / f"{name}.key"

    def become(self, other):
        """Puts another one's certificate and key into these files, as whoever renews them does."""
        shutil.copyfile(other.certificate, self.certificate)
        shutil.copyfile(other.key, self.key)

    def toml(self):
        return f'certificate = "{self.certificate}"\nkey = "{self.key}"\n'


def self_signed(folder, name, host="localhost"):
    """Nobody but itself vouches for it; it may sign others."""
    pair = Pair(folder, name)
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    names = ["-subj", f"/CN=uji {name}", "-addext", f"subjectAltName=DNS:{host}", "-days", "2"]
    openssl("req", "-x509", *curve, "-keyout", pair.key, "-out", pair.certificate, *names)
    return pair


def signed_by(authority, folder, name, host="localhost", days=2):
    """For `host`; with negative `days` it ended so long ago."""
    pair = Pair(folder, name)
    request, extensions = folder / f"{name}.csr", folder / f"{name}.ext"
    curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    openssl("req", *curve, "-keyout", pair.key, "-out", request, "-subj", f"/CN=uji {name}")
    extensions.write_text(f"subjectAltName=DNS:{host}\n", "ascii")
    signer = ["-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial", "-days", str(days)]
    openssl("x509", "-req", "-in", request, *signer, "-extfile", extensions, "-out", pair.certificate)
    return pair
