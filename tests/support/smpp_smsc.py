"""An SMSC by hand, in threads: takes binds, delivers texts through a window, answers submit_sm and sends receipts."""

import itertools
import queue
import socket
import threading

from smpp_wire import (
    BIND_RECEIVER,
    BIND_TRANSCEIVER,
    BIND_TRANSMITTER,
    DELIVER_SM,
    ENQUIRE_LINK,
    RESPONSE,
    SUBMIT_SM,
    UNBIND,
    Wire,
    address_fields,
    c_string,
    pdu,
    short_message,
)

BINDS = (BIND_RECEIVER, BIND_TRANSMITTER, BIND_TRANSCEIVER)


class Smsc:
    """Listens on loopback and serves one bound client at a time.

    acked: tags of messages answered with status 0, in order; refused: (tag, status). submitted: (from, to, octets).
    """

    def __init__(self, window=100, receipts=True):
        self.window = window
        self.receipts = receipts
        self.acked, self.refused, self.submitted = [], [], []
        self.bound = threading.Event()
        self.unbound = threading.Event()
        self.changed = threading.Condition()
        self._waiting = queue.Queue()
        self._flight = {}
        self._sequence = itertools.count(1)
        self._write = threading.Lock()
        self._session = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        for job in (self._accept, self._pump):
            threading.Thread(target=job, daemon=True).start()

    def deliver(self, tag, source, octets, destination="9840", esm_class=0, data_coding=0):
        """Queues one deliver_sm; it leaves when a client is bound and the window has room."""
        self._waiting.put((tag, source, destination, octets, esm_class, data_coding))

    def wait(self, condition, seconds=15.0):
        """Whether `condition()` held before the deadline; asked after every answer and every submit."""
        with self.changed:
            return self.changed.wait_for(condition, timeout=seconds)

    def wait_acked(self, *tags, seconds=15.0):
        return self.wait(lambda: set(tags) <= set(self.acked), seconds)

    def _send(self, wire, octets):
        try:
            with self._write:
                wire.send(octets)
        except OSError:
            pass  # the reader of this session sees the end and says so

    def _pump(self):
        while True:
            item = self._waiting.get()
            with self.changed:
                self.changed.wait_for(lambda: self._session and len(self._flight) < self.window)
                session, sequence = self._session, next(self._sequence)
                self._flight[sequence] = item[0]
            _, source, destination, octets, esm_class, data_coding = item
            self._send(
                session, short_message(DELIVER_SM, sequence, source, destination, octets, esm_class, data_coding)
            )

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(Wire(connection, None),), daemon=True).start()

    def _serve(self, wire):
        try:
            while True:
                self._handle(wire, *wire.read())
        except OSError:
            with self.changed:
                if self._session is wire:
                    self._session = None
                    self._flight.clear()
                    self.bound.clear()
                self.changed.notify_all()
            wire.close()

    def _handle(self, wire, command, status, sequence, body):
        if command in BINDS:
            self._send(wire, pdu(command | RESPONSE, sequence, c_string("uji") + bytes([0x02, 0x10, 0, 1, 0x34])))
            with self.changed:
                self._session = wire
                self.bound.set()
                self.changed.notify_all()
        elif command == DELIVER_SM | RESPONSE:
            with self.changed:
                tag = self._flight.pop(sequence, None)
                if tag is not None and status == 0:
                    self.acked.append(tag)
                elif tag is not None:
                    self.refused.append((tag, status))
                self.changed.notify_all()
        elif command == SUBMIT_SM:
            self._take_submit(wire, sequence, body)
        elif command == ENQUIRE_LINK:
            self._send(wire, pdu(ENQUIRE_LINK | RESPONSE, sequence))
        elif command == UNBIND:
            self._send(wire, pdu(UNBIND | RESPONSE, sequence))
            self.unbound.set()

    def _take_submit(self, wire, sequence, body):
        source, destination, _, _, octets = address_fields(body)
        identity = f"uji-{sequence}"
        self._send(wire, pdu(SUBMIT_SM | RESPONSE, sequence, c_string(identity)))
        with self.changed:
            self.submitted.append((source, destination, octets))
            self.changed.notify_all()
        if self.receipts:
            text = (
                f"id:{identity} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 "
                "stat:DELIVRD err:000 text:"
            ).encode()
            receipt = short_message(DELIVER_SM, next(self._sequence), destination, source, text, esm_class=4)
            self._send(wire, receipt)

    def close(self):
        self._listener.close()
        with self.changed:
            if self._session:
                self._session.close()
