#!/usr/bin/env python3
"""Aggregators: each request, signed here as its provider signs, is stored once; a tampered one is not; replies
leave through the provider's send call."""

import base64
import contextlib
import hashlib
import hmac
import json
import re
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from checks import run  # noqa: E402
from jejakd import KEY, Gateway, http_channel  # noqa: E402
from processes import Process, program, run_program, wait_until, workspace  # noqa: E402

NUMBER = "+6284010001{:04d}"
TEXT = "LAPOR 5 org lewat jalan tikus dekat sebunga skrg & é=1"
SECRET = "rahasia-penyedia-7f3a"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
JSON = {"Content-Type": "application/json"}
EX_CONFIG = 78


def b64(octets):
    return base64.b64encode(octets).decode()


def b64url(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def twilio(url, sender, text, number):
    sid = "SM" + hashlib.md5(number.encode()).hexdigest()
    fields = {
        "MessageSid": sid,
        "SmsSid": sid,
        "From": sender,
        "To": "+628400009840",
        "Body": text,
        "NumMedia": "0",
    }
    covered = url + "".join(name + fields[name] for name in sorted(fields))
    signature = b64(hmac.new(KEY.encode(), covered.encode(), hashlib.sha1).digest())
    return "POST", "", {**FORM, "X-Twilio-Signature": signature}, urlencode(fields)


def vonage(_, sender, text, number):
    fields = {
        "msisdn": sender[1:],
        "to": "628400009840",
        "messageId": number,
        "text": text,
        "type": "unicode",
        "message-timestamp": time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime()),
        "timestamp": str(int(time.time())),
        "nonce": "abcdef",
    }
    covered = "".join(f"&{k}={re.sub('[&=]', '_', fields[k])}" for k in sorted(fields))
    fields["sig"] = hmac.new(KEY.encode(), covered.encode(), hashlib.sha256).hexdigest().upper()
    return "GET", "?" + urlencode(fields), {}, None


def infobip(_, sender, text, number):
    result = {"messageId": number, "from": sender[1:], "to": "628400009840", "text": text, "smsCount": 1}
    body = compact({"results": [result], "messageCount": 1, "pendingMessageCount": 0})
    return "POST", "", {**JSON, "Authorization": "Basic " + b64(f"jejak:{KEY}".encode())}, body


def africastalking(_, sender, text, number):
    fields = {
        "from": sender,
        "to": "9840",
        "text": text,
        "id": number,
        "linkId": "L1",
        "date": "2020-01-01 00:00:00",
    }
    return "POST", f"?key={KEY}", FORM, urlencode(fields)


def android(_, sender, text, number, event="sms:received", at=None):
    payload = {"messageId": number, "message": text, "sender": sender, "recipient": None, "simNumber": 1}
    body = compact({"deviceId": "d", "event": event, "id": "e-" + number, "webhookId": "w", "payload": payload})
    stamp = str(int(at or time.time()))
    signature = hmac.new(KEY.encode(), (body + stamp).encode(), hashlib.sha256).hexdigest()
    return "POST", "", {**JSON, "X-Timestamp": stamp, "X-Signature": signature}, body


def httpsms(url, sender, text, number, expires=600):
    now = int(time.time())
    claims = {"aud": [url], "iss": "api.httpsms.com", "sub": "u", "exp": now + expires, "nbf": now - 600}
    covered = b64url(b'{"alg":"HS256","typ":"JWT"}') + "." + b64url(compact(claims).encode())
    token = covered + "." + b64url(hmac.new(KEY.encode(), covered.encode(), hashlib.sha256).digest())
    data = {"message_id": number, "owner": "+628400009840", "contact": sender, "content": text, "encrypted": False}
    event = {"specversion": "1.0", "id": "e", "type": "message.phone.received", "data": data}
    return "POST", "", {**JSON, "Authorization": "Bearer " + token}, compact(event)


DIALECTS = [twilio, vonage, infobip, africastalking, android, httpsms]


def channels(provider):
    send = f'allow_private_address = true\naccount = "akun-1"\nsecret = "{SECRET}"\n'
    paths = {
        "twilio": "/2010-04-01/Accounts/{account}/Messages.json",
        "vonage": "/sms/json",
        "infobip": "/sms/2/text/advanced",
        "africastalking": "/version1/messaging",
        "android": "/message",
        "httpsms": "/v1/messages/send",
    }
    tables = [
        http_channel(name, name, service_number='"+628400009840"', reply='"send"')
        + f'[channel.send]\npreset = "{name}"\nurl = "{provider}{path}"\n{send}'
        for name, path in paths.items()
    ]
    tables.append(http_channel("twiml", "twilio", public_url='"https://jejak.example.org/v1/in/twiml"'))
    tables.append(
        http_channel("own", "json", service_number='"9840"', reply='"send"')
        + f'[channel.send]\nurl = "{provider}/kirim?kepada={{to_digits}}"\nmethod = "PUT"\n'
        + 'headers = { "Content-Type" = "application/json", "X-Api-Key" = "{secret}" }\n'
        + 'body = \'{"to":"{to}","from":"{from}","text":"{text}"}\'\n'
        + 'success = { status = [200], pointer = "/status", equals = ["queued"] }\nid = "/id"\n'
        + f'allow_private_address = true\nsecret = "{SECRET}"\n'
    )
    tables.append(http_channel("silent", "json", reply_via='"own"'))
    return tables


def post(gateway, channel, call):
    method, query, headers, body = call
    return gateway.request(method, f"/v1/in/{channel}{query}", body=body, headers=headers)


def spoilt(text):
    """With one octet changed, in the middle."""
    half = len(text) // 2
    return text[:half] + ("A" if text[half] != "A" else "B") + text[half + 1 :]


class Provider:
    """`jejak-sim aggregator --listen`, asked over its control."""

    def __init__(self, folder):
        self.process = Process("provider", [program("jejak-sim"), "aggregator", "--listen", "127.0.0.1:0"], folder)
        self.url = "http://" + self.process.wait_line("ready http=", 10).split("http=", 1)[1].strip()
        self.gateway = Gateway.__new__(Gateway)  # its HTTP client, at another port
        self.gateway.port = int(self.url.rsplit(":", 1)[1])

    def close(self):
        self.process.kill()

    def texts(self):
        return self.gateway.get("/sent").json()["texts"]

    def mode(self, **how):
        self.gateway.post("/mode", how)


def inbound(checks, gateway, provider):
    for index, make in enumerate(DIALECTS):
        name, sender, number = make.__name__, NUMBER.format(index), f"id-{index}"
        url = f"http://127.0.0.1:{gateway.port}/v1/in/{name}"
        call = make(url, sender, TEXT, number)
        first = post(gateway, name, call)
        checks.that(first.status == 200, f"{name}: a signed request is taken", f"{first.status} {first.text}")
        again = post(gateway, name, call)
        checks.equal(again.status, 200, f"{name}: and again")
        method, query, headers, body = make(url, sender, TEXT, f"other-{index}")
        forged = {key: value if key == "Content-Type" else spoilt(value) for key, value in headers.items()}
        other = (method, query.replace("sig=", "sig=A").replace("key=", "key=A"), forged, body)
        checks.equal(post(gateway, name, other).status, 401, f"{name}: a wrong signature: 401")
        bare = (method, "", {k: v for k, v in headers.items() if k == "Content-Type"}, body)
        checks.equal(post(gateway, name, bare).status, 401, f"{name}: none at all: 401")

    sent = wait_until(lambda: len(provider.texts()) >= len(DIALECTS) and provider.texts(), 15) or provider.texts()
    by_provider = {text["provider"]: text for text in sent}
    for index, make in enumerate(DIALECTS):
        name, sender = make.__name__, NUMBER.format(index)
        text = by_provider.get(name, {})
        reached = text.get("to", "").lstrip("+") == sender.lstrip("+")
        checks.that(reached and text.get("text"), f"{name}: the reply leaves by its send call", f"{text}")
    checks.equal(len(provider.texts()), len(DIALECTS), "one reply for each, and none for repeats")
    ledger = gateway.wait_ledger(lambda now: now["replies"]["sent"] == len(DIALECTS))
    checks.equal(ledger["received"], 2 * len(DIALECTS), "every request that was taken is counted")
    checks.equal(ledger["fates"]["duplicate"], len(DIALECTS), "the second of each as a repeat")
    stored = {row["from"]: row["text"] for row in gateway.export() if row["direction"] == "in"}
    checks.equal(stored, {NUMBER.format(i): TEXT for i in range(len(DIALECTS))}, "texts are stored as they were sent")


def late_and_other(checks, gateway):
    before = gateway.ledger()["received"]
    old = android("", NUMBER.format(20), TEXT, "old", at=time.time() - 301)
    checks.equal(post(gateway, "android", old).status, 401, "android: signed 301 s ago: 401")
    gone = httpsms(f"http://127.0.0.1:{gateway.port}/v1/in/httpsms", NUMBER.format(20), TEXT, "old", expires=-1)
    checks.equal(post(gateway, "httpsms", gone).status, 401, "httpsms: an expired token: 401")
    elsewhere = httpsms("https://example.org/", NUMBER.format(20), TEXT, "old")
    checks.equal(post(gateway, "httpsms", elsewhere).status, 401, "httpsms: a token for another URL: 401")
    ping = android("", NUMBER.format(20), "", "ping", event="system:ping")
    checks.equal(post(gateway, "android", ping).status, 200, "android: a ping is answered")
    checks.equal(gateway.ledger()["received"], before, "and nothing of these is stored")
    wrong = gateway.get(f"/v1/in/own?key={KEY}")
    checks.that(
        wrong.status == 405 and wrong.headers.get("allow") == "POST",
        "json: GET is 405 with Allow: POST",
        f"{wrong.status} {wrong.headers}",
    )


def batch(checks, gateway):
    before = gateway.ledger()
    results = [
        {"messageId": f"b-{i}", "from": NUMBER.format(30 + i)[1:], "to": "628400009840", "text": "AMAN"}
        for i in range(20)
    ]
    body = compact({"results": results + [{"messageId": "broken"}]})
    headers = {**JSON, "Authorization": f"App {KEY}"}
    answer = gateway.request("POST", "/v1/in/infobip", body=body, headers=headers)
    checks.equal(answer.status, 200, "infobip: twenty messages in one request, and one that cannot be read")
    after = gateway.ledger()
    checks.equal(after["received"] - before["received"], 21, "all of them are stored")
    checks.equal(
        after["fates"]["quarantined"] - before["fates"]["quarantined"], 1, "the broken one for a person to see"
    )


def parts(checks, gateway):
    before = gateway.ledger()["fates"]["understood"]
    for number, text in ((2, " jalan tikus dekat sebunga skrg"), (1, "LAPOR 5 orang lewat")):
        fields = {"msisdn": NUMBER.format(60)[1:], "to": "628400009840", "messageId": f"p-{number}", "text": text}
        fields |= {"concat": "true", "concat-ref": "a9f3c001", "concat-total": "2", "concat-part": str(number)}
        covered = "".join(f"&{k}={fields[k]}" for k in sorted(fields))
        fields["sig"] = hmac.new(KEY.encode(), covered.encode(), hashlib.sha256).hexdigest()
        answer = gateway.post("/v1/in/vonage", urlencode(fields), headers=FORM)
        checks.equal(answer.status, 200, f"vonage: part {number} is taken")
    after = gateway.ledger()["fates"]["understood"]
    checks.equal(after - before, 2, "vonage: the parts are joined and understood")


def answers(checks, gateway, provider):
    url = "https://jejak.example.org/v1/in/twiml"
    said = post(gateway, "twiml", twilio(url, NUMBER.format(70), TEXT, "t-1"))
    whole = re.fullmatch(r"<Response><Message>[^<]+</Message></Response>", said.text)
    checks.that(
        said.status == 200 and whole and said.headers.get("content-type", "").startswith("text/xml"),
        "twilio: signed for its public URL, answered in TwiML",
        f"{said.status} {said.headers} {said.text}",
    )
    before = len(provider.texts())
    gateway.inbound("silent", {"from": NUMBER.format(71), "to": "9840", "text": TEXT, "id": "s-1"})
    text = wait_until(lambda: len(provider.texts()) > before and provider.texts()[-1], 15) or {}
    checks.that(
        text.get("provider") == "other" and text.get("to") == NUMBER.format(71) and text.get("from") == "9840",
        "reply_via: through a provider that is declared and not built in",
        f"{text}",
    )


def story(checks, folder, gateway, provider):
    """The simulator's own aggregators and village, against the same gateway."""
    lines = ['title = "Three phones, three providers"']
    keys = []
    for index, name in enumerate(("vonage", "android", "twilio")):
        number = NUMBER.format(90 + index)
        lines.append(f'[persons.{name}]\nname = "{name}"\nnumber = "{number}"\nchannel = "{name}"\nvia = "{name}"')
        keys += ["--key", f"{name}={KEY}"]
    for name in ("vonage", "android", "twilio"):
        lines.append(f'[[step]]\nfrom = "{name}"\ntext = "{TEXT}"\nreply_contains = "Ref {{_}}"\nwithin = "10s"')
    file = folder / "story.toml"
    file.write_text("\n".join(lines), "utf-8")
    addresses = ["--gateway", f"http://127.0.0.1:{gateway.port}", "--provider", provider.url]
    status, out, error = run_program([program("jejak-sim"), "village", file, *addresses, *keys])
    checks.equal(status, 0, "a story over three providers comes true")
    if status != 0:
        print(out + error)


def refusals(checks, gateway, provider):
    before = len(provider.texts())
    provider.mode(status=429, retry_after=1, fail_first=1)
    gateway.inbound("own", {"from": NUMBER.format(80), "to": "9840", "text": TEXT, "id": "r-1"})
    arrived = wait_until(lambda: len(provider.texts()) == before + 1, 15)
    checks.that(arrived, "429 with Retry-After: the reply comes later, once")
    dropped = gateway.ledger()["replies"]["dropped"]
    provider.mode(status=400)
    gateway.inbound("own", {"from": NUMBER.format(81), "to": "9840", "text": TEXT, "id": "r-2"})
    ledger = gateway.wait_ledger(lambda now: now["replies"]["dropped"] == dropped + 1)
    checks.equal(ledger["replies"]["dropped"], dropped + 1, "400: the reply is dropped")
    provider.mode(status=500)
    sent = ledger["replies"]["sent"]
    gateway.inbound("own", {"from": NUMBER.format(82), "to": "9840", "text": TEXT, "id": "r-3"})
    provider.mode(status=200)
    ledger = gateway.wait_ledger(lambda now: now["replies"]["sent"] == sent + 1)
    checks.equal(ledger["replies"]["sent"], sent + 1, "500: it may have been taken, and stays sent")
    checks.equal(ledger["replies"]["pending"], 0, "nothing waits")


def suite(checks):
    folder = workspace("providers")
    with contextlib.closing(Provider(folder)) as provider:
        talk(checks, folder, provider)
        checks.equal(provider.process.stop(10), 0, "the provider ends when asked to")


def talk(checks, folder, provider):
    gateway = Gateway(folder, *channels(provider.url), log_level="debug")
    with gateway:
        gateway.start()
        inbound(checks, gateway, provider)
        late_and_other(checks, gateway)
        answers(checks, gateway, provider)
        story(checks, folder, gateway, provider)
        refusals(checks, gateway, provider)
        parts(checks, gateway)
        batch(checks, gateway)  # last: a number of texts at once uses up the minute's replies
        log = gateway.process.log
        status, said = gateway.verify_ledger()
        checks.that(status == 0, "the ledger balances", said)
    written = log.read_text("utf-8", "replace")
    for what in (SECRET, KEY, NUMBER.format(80)[1:], "jalan tikus", "kepada=", "Messages.json"):
        checks.that(what not in written, f"the log holds no {'secret' if what in (SECRET, KEY) else what}")


if __name__ == "__main__":
    run("providers", suite)
