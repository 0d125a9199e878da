"""SMPP 3.4 by hand: just enough to bind, send and answer from a raw socket, and to send what no library would."""

import socket
import struct

BIND_RECEIVER, BIND_TRANSMITTER, SUBMIT_SM, DELIVER_SM = 0x01, 0x02, 0x04, 0x05
UNBIND, BIND_TRANSCEIVER, ENQUIRE_LINK = 0x06, 0x09, 0x15
RESPONSE = 0x80000000


def c_string(text):
    return text.encode("latin-1") + b"\0"


def pdu(command, sequence, body=b"", status=0):
    return struct.pack(">IIII", 16 + len(body), command, status, sequence) + body


def bind(system_id, password, sequence=1, command=BIND_TRANSCEIVER):
    body = c_string(system_id) + c_string(password) + c_string("") + bytes([0x34, 0, 0]) + c_string("")
    return pdu(command, sequence, body)


def short_message(command, sequence, source, destination, octets, esm_class=0, data_coding=0, registered=0):
    """A deliver_sm or submit_sm; addresses are digits, international for the one that is not the service number."""
    body = (
        c_string("")
        + bytes([1, 1])
        + c_string(source)
        + bytes([1, 1])
        + c_string(destination)
        + bytes([esm_class, 0, 0])
        + c_string("")
        + c_string("")
        + bytes([registered, 0, data_coding, 0, len(octets)])
        + octets
    )
    return pdu(command, sequence, body)


def address_fields(body):
    """(source, destination, esm_class, data_coding, octets) of a deliver_sm or submit_sm."""
    end = body.index(0)
    at = end + 3
    end = body.index(0, at)
    source, at = body[at:end].decode("latin-1"), end + 3
    end = body.index(0, at)
    destination, at = body[at:end].decode("latin-1"), end + 1
    esm_class, at = body[at], at + 3
    at = body.index(0, at) + 1
    at = body.index(0, at) + 1
    data_coding, length = body[at + 2], body[at + 4]
    return source, destination, esm_class, data_coding, body[at + 5 : at + 5 + length]


class Wire:
    """A socket that speaks PDUs, for either role."""

    def __init__(self, connection, seconds=10.0):
        self.socket = connection
        self.socket.settimeout(seconds)

    @classmethod
    def connect(cls, port, seconds=10.0):
        return cls(socket.create_connection(("127.0.0.1", port), timeout=seconds), seconds)

    def send(self, octets):
        self.socket.sendall(octets)

    def _exactly(self, size):
        data = b""
        while len(data) < size:
            part = self.socket.recv(size - len(data))
            if not part:
                raise ConnectionError("the peer closed the connection")
            data += part
        return data

    def read(self):
        """(command, status, sequence, body). Raises ConnectionError at the end and TimeoutError when nothing comes."""
        length, command, status, sequence = struct.unpack(">IIII", self._exactly(16))
        return command, status, sequence, self._exactly(length - 16)

    def read_response(self, command):
        """The next PDU that answers `command`; enquire_link and deliver_sm in between are answered."""
        while True:
            got, status, sequence, body = self.read()
            if got == command | RESPONSE:
                return status, sequence, body
            if got == ENQUIRE_LINK:
                self.send(pdu(ENQUIRE_LINK | RESPONSE, sequence))

    def close(self):
        self.socket.close()
