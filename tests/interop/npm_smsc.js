// An SMSC made of npm's `smpp`: what an operator's test bench in Node looks like to us.
//
// usage: node npm_smsc.js --port N --system-id ID --password WORD [--receipts]
//        [--certificate FILE --key FILE [--client-ca FILE]]: inside TLS, with clients that show a certificate
// Commands arrive on standard input and events leave on standard output, one JSON object a line;
// smsc_peer.py describes them and the Perl SMSC speaks the same.
'use strict';
const fs = require('fs');
const readline = require('readline');
const smpp = require('smpp');

const options = {};
for (let i = 2; i < process.argv.length; i++) {
    const name = process.argv[i].replace(/^--/, '');
    options[name] = name === 'receipts' ? true : process.argv[++i];
}

const say = (event, more) => process.stdout.write(JSON.stringify({ event, ...more }) + '\n');
const bound = new Map();  // session → the command it bound with
let submitted = 0;
let refusal = { status: 0, left: 0 };  // of the next submit_sm

// This library makes a Date of it, relative or absolute.
const validity = (value) => (value instanceof Date ? value.toISOString() : String(value || ''));

// What the phone would have told the operator, in the words most operators use.
function receipt(id, submit) {
    const text = `id:${id} sub:001 dlvrd:001 submit date:2601010000 done date:2601010001 stat:DELIVRD err:000 text:`;
    return {
        source_addr_ton: submit.dest_addr_ton,
        source_addr_npi: submit.dest_addr_npi,
        source_addr: submit.destination_addr,
        dest_addr_ton: submit.source_addr_ton,
        dest_addr_npi: submit.source_addr_npi,
        destination_addr: submit.source_addr,
        esm_class: smpp.ESM_CLASS.MC_DELIVERY_RECEIPT, short_message: text, receipted_message_id: id, message_state: 2,
    };
}

// The first that takes deliver_sm.
const listener = () => [...bound.keys()].find((session) => bound.get(session) !== 'bind_transmitter');

// The text of a submit_sm, and its place in a longer one: [reference, total, number] by `mechanism`.
function words(pdu) {
    const field = pdu.message_payload === undefined ? pdu.short_message : pdu.message_payload;
    const text = typeof field.message === 'string' ? field.message : '';
    const header = (field.udh || []).find((element) => element[0] === 0 || element[0] === 8);
    if (pdu.sar_total_segments !== undefined) {
        const part = [pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum];
        return { text, part, mechanism: 'sar' };
    }
    if (!header) return { text, part: null, mechanism: null };
    const wide = header[0] === 8;  // identifier, length, and then the value
    const reference = wide ? header.readUInt16BE(2) : header[2];
    return { text, part: [reference, ...header.subarray(wide ? 4 : 3)], mechanism: wide ? 'udh16' : 'udh8' };
}

function serve(session) {
    const bind = (pdu) => {
        const known = pdu.system_id === options['system-id'] && pdu.password === options.password;
        const welcome = { system_id: 'npm', sc_interface_version: 0x34 };
        session.send(pdu.response(known ? welcome : { command_status: smpp.ESME_RBINDFAIL }));
        const { system_id, interface_version } = pdu;
        say(known ? 'bound' : 'refused', { system_id, bind: pdu.command, interface_version });
        if (known) bound.set(session, pdu.command);
        else session.close();
    };
    for (const kind of ['bind_transceiver', 'bind_receiver', 'bind_transmitter']) session.on(kind, bind);
    session.on('enquire_link', (pdu) => {
        session.send(pdu.response());
        say('enquire_link');
    });
    session.on('submit_sm', (pdu) => {
        if (refusal.left > 0) {
            refusal.left--;
            session.send(pdu.response({ command_status: refusal.status }));
            return say('submit_refused', { status: refusal.status });
        }
        const id = `npm-${++submitted}`;
        session.send(pdu.response({ message_id: id }));
        say('submit_sm', {
            id, from: pdu.source_addr, to: pdu.destination_addr, ...words(pdu), bind: bound.get(session),
            data_coding: pdu.data_coding, esm_class: pdu.esm_class,
            registered_delivery: pdu.registered_delivery, validity: validity(pdu.validity_period),
        });
        if (!options.receipts || !listener()) return;
        listener().deliver_sm(receipt(id, pdu), (answer) => say('receipt_resp', { id, status: answer.command_status }));
    });
    session.on('unbind', (pdu) => {
        session.send(pdu.response());
        session.close();
        say('unbind');
    });
    session.on('error', (error) => say('error', { what: String(error.code || error.message) }));
    session.on('close', () => {
        bound.delete(session);
        say('closed');
    });
}

function secure() {
    if (!options.certificate) return {};
    const one = { cert: fs.readFileSync(options.certificate), key: fs.readFileSync(options.key) };
    const client_ca = options['client-ca'];
    return client_ca ? { ...one, requestCert: true, rejectUnauthorized: true, ca: fs.readFileSync(client_ca) } : one;
}

const server = smpp.createServer(secure(), serve);
server.on('tlsClientError', (error) => say('error', { what: String(error.code || error.message) }));
server.listen(Number(options.port), '127.0.0.1', () => say('listening', { port: server.address().port }));

const commands = {
    deliver(command) {
        const session = listener();
        if (!session) return say('not_bound', { tag: command.tag });
        session.deliver_sm({
            source_addr_ton: 1, source_addr_npi: 1, source_addr: command.from,
            dest_addr_ton: 0, dest_addr_npi: 1, destination_addr: command.to,
            esm_class: command.esm_class || 0, data_coding: command.data_coding || 0,
            short_message: command.octets === undefined ? command.text : Buffer.from(command.octets, 'hex'),
        }, (answer) => say('deliver_sm_resp', { tag: command.tag, status: answer.command_status }));
    },
    refuse({ status, count }) {
        refusal = { status, left: count };
        say('refusing');
    },
    outbind({ port, password }) {
        const session = smpp.connect({ host: '127.0.0.1', port }, () => {
            session.outbind({ system_id: 'npm', password });
        });
        session.on('error', (error) => say('error', { what: String(error.code || error.message) }));
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
