// An ESME made of npm's `smpp`: a modem box in Node that binds to our listener.
//
// usage: node npm_esme.js
// Commands arrive on standard input and events leave on standard output, one JSON object a line;
// esme_peer.py describes them and the Perl ESME speaks the same.
'use strict';
const fs = require('fs');
const readline = require('readline');
const smpp = require('smpp');

const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n');
const sessions = new Map();

const time = (value) => (value instanceof Date ? value.toISOString() : String(value || ''));
const text = (pdu) => {
    const body = pdu.short_message && pdu.short_message.message;
    return Buffer.isBuffer(body) ? body.toString('latin1') : String(body || '');
};

// TLV values come as octets; this library wants numbers and strings of them.
function parameters(tlvs) {
    const named = {};
    for (const [name, hex] of Object.entries(tlvs || {})) {
        const octets = Buffer.from(hex, 'hex');
        named[name] = smpp.tlvs[name].type.read(octets, 0, octets.length);
    }
    return named;
}

function bind(command, name, session) {
    const { kind, system_id, password } = command;
    const fields = { system_id, password, interface_version: command.version || 0x34 };
    session[kind](fields, (answer) => {
        const version = answer.sc_interface_version;
        say('bind_resp', { session: name, status: answer.command_status, system_id: answer.system_id, version });
    });
}

function secure(command) {
    if (!command.ca) return {};
    const one = { tls: true, ca: fs.readFileSync(command.ca), servername: command.servername };
    if (command.certificate) {
        one.cert = fs.readFileSync(command.certificate);
        one.key = fs.readFileSync(command.key);
    }
    return one;
}

const commands = {
    bind(command) {
        const name = command.session;
        const options = { host: '127.0.0.1', port: command.port, ...secure(command) };
        const session = smpp.connect(options, () => {
            say('connected', { session: name, tls: options.tls ? session.socket.getProtocol() : '' });
            bind(command, name, session);
        });
        sessions.set(name, session);
        session.on('enquire_link', (pdu) => {
            session.send(pdu.response());
            say('enquire_link', { session: name });
        });
        session.on('deliver_sm', (pdu) => {
            session.send(pdu.response({ command_status: command.refuse || 0 }));
            say('deliver_sm', {
                session: name, from: pdu.source_addr, to: pdu.destination_addr, text: text(pdu),
                esm_class: pdu.esm_class, data_coding: pdu.data_coding, registered: pdu.registered_delivery,
                id: pdu.receipted_message_id, state: pdu.message_state,
            });
        });
        session.on('unbind', (pdu) => {
            session.send(pdu.response());
            session.close();
            say('unbind', { session: name });
        });
        session.on('error', (error) => say('error', { session: name, what: String(error.code || error.message) }));
        session.on('close', () => say('closed', { session: name }));
    },
    send(command) {
        const { tag, fields } = command;
        const message = { ...fields, ...parameters(command.tlvs) };
        if (command.octets !== undefined) message.short_message = Buffer.from(command.octets, 'hex');
        if (command.to_many) {
            message.dest_address = command.to_many.map(({ list, to }) =>
                list ? { dl_name: list } : { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: to });
        }
        sessions.get(command.session)[command.command](message, (answer) => say('answer', {
            tag, command: answer.command, status: answer.command_status, message_id: answer.message_id,
            state: answer.message_state, error: answer.error_code, final_date: time(answer.final_date),
            failed: (answer.unsuccess_sme || []).map((one) => [one.destination_addr, one.error_status_code]),
        }));
    },
    drop(command) {
        sessions.get(command.session).destroy();
    },
    quit() {
        process.exit(0);
    },
};

const lines = readline.createInterface({ input: process.stdin });
lines.on('line', (line) => {
    const command = JSON.parse(line);
    commands[command.do](command);
});
lines.on('close', () => process.exit(0));
say('ready');
