// npm's `smpp` as a codec alone.
//
// usage: node npm_pdus.js make COUNT SEED: that many PDUs of all commands with fields drawn by lot, one JSON object a
// line: command, status, sequence, fields, hex; `text` and `until` where a person would read one, `marked` where this
// library itself chose the data_coding. node npm_pdus.js < LINES of hex: what each holds, encoded again, or `error`.
'use strict';
const readline = require('readline');
const smpp = require('smpp');

const { commands, tlvs, types } = smpp;
const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');
const hex = (octets) => Buffer.from(octets).toString('hex');

// ---- Fields by the specification's names

const address = (ton, npi, digits) => [ton || 0, npi || 0, digits];
function plain(value, type) {
    if (value === null) return 0;
    if (Buffer.isBuffer(value)) return hex(value);
    if (type === types.buffer) return hex(Buffer.from(value, 'latin1'));
    if (type === types.dest_address_array) {
        return value.map((one) =>
            'dl_name' in one ? [one.dl_name] : address(one.dest_addr_ton, one.dest_addr_npi, one.destination_addr));
    }
    if (type === types.unsuccess_sme_array) {
        return value.map((one) =>
            [...address(one.dest_addr_ton, one.dest_addr_npi, one.destination_addr), one.error_status_code]);
    }
    return value;
}

function octets_of(type, value) {
    const out = Buffer.alloc(type.size(value));
    type.write(value, out, 0);
    return hex(out);
}

function told(pdu) {
    const params = commands[pdu.command].params || {};
    const fields = {};
    const optional = [];
    for (const [name, param] of Object.entries(params)) {
        if (name in pdu && !pdu.command_status) fields[name] = plain(pdu[name], param.type);
    }
    for (const name of Object.keys(pdu)) {
        if (!(name in tlvs) || name in params || pdu.command_status) continue;
        const { id, type, multiple } = tlvs[name];
        for (const value of multiple ? pdu[name] : [pdu[name]]) optional.push([id, octets_of(type, value)]);
    }
    if (optional.length) fields.tlvs = optional;
    return { command: pdu.command, status: pdu.command_status, sequence: pdu.sequence_number, fields };
}

// ---- Reading. What this library makes of texts and times is switched off: it is a codec here.

function read_all() {
    for (const { params } of Object.values(commands)) {
        for (const param of Object.values(params || {})) delete param.filter;
    }
    for (const tlv of Object.values(tlvs)) delete tlv.filter;
    for (let id = 0x1400; id < 0x3000; ++id) smpp.addTLV(`vendor_${id}`, { id, type: types.tlv.buffer });
    readline.createInterface({ input: process.stdin }).on('line', (line) => {
        try {
            const pdu = new smpp.PDU(Buffer.from(line, 'hex'));
            say({ ...told(pdu), hex: hex(pdu.toBuffer()) });
        } catch (error) {
            say({ error: String(error.message) });
        }
    });
}

// ---- Making

// mulberry32: the same PDUs for the same seed.
let state = 0;
function lot() {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return (t ^ (t >>> 14)) >>> 0;
}
const below = (limit) => lot() % limit;
const from = (list) => list[below(list.length)];
const repeat = (longest, one) => Array.from({ length: below(longest + 1) }, one);
const word = (longest) => repeat(longest, () => from('abcXYZ0189 .-+_#*@:/')).join('');
const octets = (longest, least = 0) =>
    Buffer.from([...Array(least), ...repeat(longest - least, () => 0)].map(() => below(256)));

// Sizes of sections 5.2 and 5.3.2, without the NUL of C-octet strings; names not listed have 20.
const longest = {
    service_type: 5, system_id: 15, password: 8, system_type: 12, address_range: 40, message_id: 64,
    receipted_message_id: 64, additional_status_info_text: 255,
};
const alphabets = {
    0: [...'@\u00a3$\u00e8\u00c7\n\u00c5\u0394_\u03a6 !"#%&\'()*+,-./0189:;<=>?',
        ...'AZ\u00c4\u00a7az\u00fc\u00e0^{}\\[~]|\u20ac'],
    3: [...'LAPOR 123 \u00e9\u00fc\u00f1\u00ff\u00a9'],
    8: ['\u0442', '\u0928', '\u2013', '\u{1f198}', 'a', ' ', '\u0000'],
};

function message(made) {
    const coding = Number(from(Object.keys(alphabets)));
    const text = repeat(60, () => from(alphabets[coding])).join('');
    const kind = below(5);
    if (kind === 0 || !('data_coding' in made)) return octets(254);
    made.esm_class = 0;
    if (kind === 1) {
        made.data_coding = null; // it chooses one itself
        made.marked = true;
        return text;
    }
    made.data_coding = coding;
    made.text = text;
    const udh = Buffer.from([5, 0, 3, below(256), 2, 1 + below(2)]);
    return kind === 2 && text ? { udh, message: text } : text;
}

function time(made, name) {
    const kind = below(3);
    if (kind === 0) return '';
    if (kind === 1) return `0000${String(below(28)).padStart(2, '0')}${String(below(24)).padStart(2, '0')}3000000R`;
    const moment = new Date((1700000000 + below(300000000)) * 1000 + below(10) * 100);
    if (name === 'validity_period') made.until = moment.getTime();
    return moment;
}

function value(type, name) {
    if (type === types.int8) return below(256);
    if (type === types.int16) return below(0x10000);
    if (type === types.int32) return lot();
    if (type === types.buffer || type === types.tlv.buffer) return octets(20, 4);
    if (type === types.dest_address_array) return repeat(7, destination).concat(destination());
    if (type === types.unsuccess_sme_array) return repeat(7, () => ({ ...sme(), error_status_code: lot() }));
    return word(longest[name] || 20);
}
const sme = () => ({ dest_addr_ton: below(7), dest_addr_npi: below(19), destination_addr: word(20) });
const destination = () => (below(4) === 0 ? { dl_name: word(20) } : sme());

// What may have optional parameters by the specification.
const optional = new Set(['submit_sm', 'deliver_sm', 'data_sm', 'submit_multi', 'alert_notification', 'submit_sm_resp',
    'data_sm_resp', 'deliver_sm_resp', 'submit_multi_resp', 'query_sm_resp', 'bind_transceiver_resp',
    'bind_receiver_resp', 'bind_transmitter_resp']);
const aliases = new Set(['alert_on_msg_delivery', 'failed_broadcast_area_identifier', 'message_payload']);
const tlv_names = Object.keys(tlvs).filter((name) => !aliases.has(name));

function make() {
    const command = from(Object.keys(commands));
    const made = { sequence_number: 1 + below(0x7fffffff) };
    const params = commands[command].params || {};
    if (command.endsWith('_resp') && below(6) === 0) made.command_status = 1 + below(0x112);
    for (const [name, { type }] of Object.entries(params)) {
        const is_time = /_time$|_period$|_date$/.test(name);
        made[name] = is_time ? time(made, name) : value(type, name);
    }
    if ('short_message' in params) made.short_message = message(made);
    if (optional.has(command)) {
        for (const name of new Set(repeat(5, () => from(tlv_names)))) {
            const { type, multiple } = tlvs[name];
            made[name] = multiple ? repeat(2, () => value(type, name)) : value(type, name);
        }
        if (command === 'data_sm' || below(6) === 0) made.message_payload = octets(2000);
    }
    const { text, until, marked, ...given } = made;
    if (command === 'data_sm' && given.data_coding === null) given.data_coding = 0;
    const pdu = new smpp.PDU(command, given);
    const buffer = pdu.toBuffer();
    const meaning = made.command_status || 'message_payload' in made ? {} : { text, until, marked };
    say({ ...told(pdu), hex: hex(buffer), ...meaning });
}

if (process.argv[2] === 'make') {
    state = Number(process.argv[4]);
    for (let left = Number(process.argv[3]); left > 0; --left) make();
} else {
    read_all();
}
