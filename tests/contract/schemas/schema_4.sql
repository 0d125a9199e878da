-- A store as the releases of schema 4 left it: never changed. Sealed with the keys of the tests.
CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE probe (id INTEGER PRIMARY KEY, filler BLOB NOT NULL) STRICT;
CREATE TABLE counter (kind TEXT PRIMARY KEY, next INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE tally (kind INTEGER NOT NULL, name TEXT NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (kind, name))
    STRICT, WITHOUT ROWID;

CREATE TABLE message (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, sender_key BLOB NOT NULL, sender_kind INTEGER NOT NULL,
    sender BLOB NOT NULL, destination BLOB NOT NULL, text BLOB NOT NULL, raw BLOB NOT NULL,
    received_at INTEGER NOT NULL,
    fate INTEGER NOT NULL, remarks INTEGER NOT NULL, fingerprint BLOB, provider_key BLOB, duplicate_of INTEGER,
    assembly INTEGER
) STRICT;
CREATE UNIQUE INDEX message_provider ON message (channel, provider_key) WHERE provider_key IS NOT NULL;

CREATE TABLE uncertain (
    message INTEGER PRIMARY KEY, channel TEXT NOT NULL, fingerprint BLOB NOT NULL, until INTEGER NOT NULL
) STRICT;
CREATE INDEX uncertain_fingerprint ON uncertain (fingerprint, channel);
CREATE INDEX uncertain_until ON uncertain (until);

CREATE TABLE assembly (
    id INTEGER PRIMARY KEY, key BLOB NOT NULL, lead INTEGER NOT NULL, total INTEGER NOT NULL, first_at INTEGER NOT NULL,
    state INTEGER NOT NULL
) STRICT;
CREATE INDEX assembly_key ON assembly (key);
CREATE INDEX assembly_lead ON assembly (lead);
CREATE INDEX assembly_waiting ON assembly (first_at) WHERE state = 0;
CREATE TABLE part (
    message INTEGER PRIMARY KEY, assembly INTEGER NOT NULL REFERENCES assembly (id), part INTEGER NOT NULL,
    data_coding INTEGER NOT NULL, content BLOB NOT NULL, octets BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX part_place ON part (assembly, part);

CREATE TABLE report (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, sender_key BLOB NOT NULL, intent INTEGER NOT NULL,
    category INTEGER NOT NULL, place TEXT NOT NULL, people INTEGER, people_max INTEGER, onset INTEGER,
    flags INTEGER NOT NULL, incident INTEGER, received_at INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX report_message ON report (message);
CREATE TABLE ticket (number INTEGER PRIMARY KEY, message INTEGER NOT NULL) STRICT;
CREATE UNIQUE INDEX ticket_message ON ticket (message);

CREATE TABLE person (
    id INTEGER PRIMARY KEY, number_key BLOB NOT NULL UNIQUE, number BLOB NOT NULL, role INTEGER NOT NULL,
    place TEXT NOT NULL, added_at INTEGER NOT NULL
) STRICT;
-- Who asked for no replies (BERHENTI).
CREATE TABLE opted_out (number_key BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE worker (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, state INTEGER NOT NULL, name BLOB NOT NULL,
    nik BLOB NOT NULL,
    phone BLOB NOT NULL, job BLOB NOT NULL, nik_key BLOB, owner_key BLOB, owner BLOB NOT NULL, sex TEXT NOT NULL,
    village TEXT NOT NULL, exit_point TEXT NOT NULL, planned_at INTEGER, registered_by INTEGER NOT NULL,
    registered_at INTEGER NOT NULL, consent_at INTEGER, destination BLOB NOT NULL
) STRICT;
CREATE INDEX worker_owner ON worker (owner_key, consent_at) WHERE owner_key IS NOT NULL;
CREATE INDEX worker_nik ON worker (nik_key) WHERE nik_key IS NOT NULL;
CREATE TABLE trail_event (
    id INTEGER PRIMARY KEY, worker INTEGER NOT NULL REFERENCES worker (id), message INTEGER NOT NULL,
    kind INTEGER NOT NULL, claimed INTEGER NOT NULL, at INTEGER NOT NULL, place BLOB NOT NULL
) STRICT;
CREATE INDEX trail_event_worker ON trail_event (worker);
-- A conversation that waits for an answer. Nothing is written here yet.
CREATE TABLE dialogue (
    id INTEGER PRIMARY KEY, person_key BLOB NOT NULL, form TEXT NOT NULL, slot TEXT NOT NULL, state BLOB NOT NULL,
    opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogue_person ON dialogue (person_key);
CREATE INDEX dialogue_expires ON dialogue (expires_at);

CREATE TABLE incident (
    id INTEGER PRIMARY KEY, number INTEGER NOT NULL UNIQUE, category_group TEXT NOT NULL, village TEXT NOT NULL,
    first_at INTEGER NOT NULL, last_at INTEGER NOT NULL, reports INTEGER NOT NULL, reporters INTEGER NOT NULL
) STRICT;
CREATE INDEX incident_near ON incident (category_group, village, last_at);
CREATE TABLE incident_reporter (
    incident INTEGER NOT NULL REFERENCES incident (id), sender_key BLOB NOT NULL, PRIMARY KEY (incident, sender_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert (
    id INTEGER PRIMARY KEY, incident INTEGER NOT NULL, audience INTEGER NOT NULL, sequence INTEGER NOT NULL,
    kind INTEGER NOT NULL, status INTEGER NOT NULL, urgency TEXT NOT NULL, severity TEXT NOT NULL,
    certainty TEXT NOT NULL, category INTEGER NOT NULL, place TEXT NOT NULL, people INTEGER, people_max INTEGER,
    reporters INTEGER NOT NULL, worker INTEGER, onset INTEGER NOT NULL, raised_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, published_at INTEGER NOT NULL, unpublished INTEGER NOT NULL,
    acknowledged_by TEXT NOT NULL, acknowledged_at INTEGER, acknowledged_note BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX alert_sequence ON alert (audience, sequence);
CREATE INDEX alert_incident ON alert (incident);
CREATE INDEX alert_unpublished ON alert (published_at) WHERE unpublished = 1;

CREATE TABLE event (id INTEGER PRIMARY KEY, type TEXT NOT NULL, at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY, event INTEGER NOT NULL REFERENCES event (id), endpoint TEXT NOT NULL,
    state INTEGER NOT NULL, attempts INTEGER NOT NULL, not_before INTEGER, replayed INTEGER NOT NULL
) STRICT;
CREATE INDEX delivery_pending ON delivery (endpoint, id) WHERE state = 0;
CREATE INDEX delivery_dead ON delivery (endpoint) WHERE state = 2;
CREATE TABLE endpoint (
    name TEXT PRIMARY KEY, suspended INTEGER NOT NULL, reason TEXT NOT NULL, failing_since INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE reply (
    id INTEGER PRIMARY KEY, message INTEGER NOT NULL, channel TEXT NOT NULL, to_key BLOB NOT NULL,
    state INTEGER NOT NULL, text BLOB NOT NULL, number BLOB NOT NULL, valid_until INTEGER NOT NULL, not_before INTEGER,
    provider_id TEXT NOT NULL
) STRICT;
CREATE INDEX reply_message ON reply (message);
CREATE INDEX reply_pending ON reply (channel, id) WHERE state = 0;
CREATE INDEX reply_expiring ON reply (valid_until) WHERE state = 0;
CREATE INDEX reply_provider ON reply (channel, provider_id) WHERE provider_id <> '';

CREATE TABLE token (
    name TEXT PRIMARY KEY, role INTEGER NOT NULL, hash TEXT NOT NULL, areas TEXT NOT NULL, added_at INTEGER NOT NULL,
    revoked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, object TEXT NOT NULL,
    details BLOB NOT NULL, salt BLOB NOT NULL, commitment BLOB NOT NULL, hash BLOB NOT NULL
) STRICT;
DROP TABLE dialogue;
CREATE TABLE dialogue (
    id INTEGER PRIMARY KEY, person_key BLOB NOT NULL, way INTEGER NOT NULL, session_key BLOB, channel TEXT NOT NULL,
    form TEXT NOT NULL, slot TEXT NOT NULL, asked INTEGER NOT NULL, message INTEGER NOT NULL, state BLOB NOT NULL,
    opened_at INTEGER NOT NULL, expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX dialogue_person ON dialogue (person_key);
CREATE INDEX dialogue_session ON dialogue (session_key) WHERE session_key IS NOT NULL;
CREATE INDEX dialogue_expires ON dialogue (expires_at);
CREATE TABLE reply_policy (
    number_key BLOB PRIMARY KEY, mode INTEGER, safe_word BLOB, duress_word BLOB, no_calls INTEGER NOT NULL,
    changed_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
ALTER TABLE assembly ADD COLUMN scope TEXT NOT NULL DEFAULT '';
ALTER TABLE assembly ADD COLUMN sender_key BLOB NOT NULL DEFAULT x'';
ALTER TABLE assembly ADD COLUMN parts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assembly ADD COLUMN octets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE assembly ADD COLUMN due_at INTEGER;
UPDATE assembly SET due_at = first_at + 90000 WHERE state = 0;
UPDATE assembly SET state = 3 WHERE state = 1;
UPDATE assembly SET parts = (SELECT count(*) FROM part WHERE part.assembly = assembly.id) WHERE state = 0;
DROP INDEX assembly_waiting;
CREATE INDEX assembly_due ON assembly (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE open_text (
    scope TEXT NOT NULL, sender_key BLOB NOT NULL, texts INTEGER NOT NULL, parts INTEGER NOT NULL,
    PRIMARY KEY (scope, sender_key)
) STRICT, WITHOUT ROWID;
CREATE TABLE reply_part (
    reply INTEGER NOT NULL, part INTEGER NOT NULL, total INTEGER NOT NULL, channel TEXT NOT NULL,
    provider_id TEXT NOT NULL, state INTEGER NOT NULL, PRIMARY KEY (reply, part)
) STRICT, WITHOUT ROWID;
CREATE INDEX reply_part_provider ON reply_part (channel, lower(ltrim(provider_id, '0')), reply);
INSERT INTO open_text
    SELECT '', x'', n, came FROM (SELECT count(*) AS n, sum(parts) AS came FROM assembly WHERE state = 0) WHERE n > 0;

ALTER TABLE message ADD COLUMN account TEXT NOT NULL DEFAULT '';
ALTER TABLE reply ADD COLUMN uncertain INTEGER NOT NULL DEFAULT 0;
ALTER TABLE reply ADD COLUMN account TEXT NOT NULL DEFAULT '';
DROP INDEX reply_pending;
CREATE INDEX reply_pending ON reply (channel, account, id) WHERE state = 0;
CREATE INDEX reply_uncertain ON reply (channel, id) WHERE uncertain = 1;
DROP INDEX reply_provider;
CREATE INDEX reply_provider ON reply (channel, lower(ltrim(provider_id, '0'))) WHERE provider_id <> '';
CREATE TABLE receipt (
    id INTEGER PRIMARY KEY, channel TEXT NOT NULL, message_id TEXT NOT NULL, ids INTEGER NOT NULL,
    source_key BLOB, destination_key BLOB, state INTEGER NOT NULL, error TEXT NOT NULL, received_at INTEGER NOT NULL,
    match INTEGER NOT NULL, reply INTEGER
) STRICT;
CREATE INDEX receipt_reply ON receipt (reply) WHERE reply IS NOT NULL;
CREATE INDEX receipt_waiting ON receipt (id) WHERE match = 0;
CREATE INDEX receipt_unmatched ON receipt (id) WHERE reply IS NULL;

INSERT INTO meta VALUES ('keys', x'7bfde33b7c879e6c825b29be19b37601');
INSERT INTO counter VALUES ('alert.general', 2);
INSERT INTO counter VALUES ('incident', 1);
INSERT INTO counter VALUES ('ticket', 1);
INSERT INTO counter VALUES ('worker', 1);
INSERT INTO tally VALUES (0, '', 6);
INSERT INTO tally VALUES (10, '', 1);
INSERT INTO tally VALUES (14, '', 1);
INSERT INTO tally VALUES (15, '', 4);
INSERT INTO tally VALUES (20, '', 1);
INSERT INTO tally VALUES (30, '', 1);
INSERT INTO tally VALUES (31, 'satgas', 1);
INSERT INTO tally VALUES (40, '', 3);
INSERT INTO tally VALUES (41, '', 1);
INSERT INTO tally VALUES (42, '', 2);
INSERT INTO message VALUES (1, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'0176eaea4a2a8cf7c281875c7cbae413cefcd811dfa1104db7787e34598e1247d021d22c63b6009164d6fe9f2f0e32b45f28c692a3ae',
    x'013eab30fee6f69e4a551e27f366f09fceefa562f0902fbc40e9dd0619f4dab1f48f136f5ad48947ed580e89c9',
    x'01576b566c3982d5166975041002f3ac3e1b01ccb0e0035fe07424623b59875be53edb546b66457898ca88916bcb355ad2f0a6c400a5e3b7e0af316cd92fe0876826a38659a8e875788025add586e6e8bd9a68ec9248bc475ba9',
    x'', 1760000000000, 5, 0, NULL, NULL, NULL, 1, '');
INSERT INTO message VALUES (2, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'018d52f6fdeb36f94b5ca88aa92611f04d3a1b63f28da0ec1003b6c7316059b1bb272540543132946f7bc5e2c18d1ba044c40e9f0647',
    x'01e5be170771eb69bcaaee180b277ffbe23ddb10febefef15dddd8d569fc8d3b07c04a0322a7d3e428fdd87066',
    x'01382dc1cb9acce5a30d99042214f0c9c08a4602f8c01596bd9b4cdb900f98001ec85d0c23da2064fb58dbcb9542bf9244d82aecc92323c7fd80dcc20a7d98be1047f28533f273d8bad7224043a91a42142766b66b730ad88b02',
    x'', 1760000000000, 5, 0, NULL, NULL, NULL, 2, '');
INSERT INTO message VALUES (3, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'01fcfd98198afb05d24840224e69c3b2df5d8d071569b008290b950fc977e4fc21e82d1c5fd695f5c26de3653a2591dab62440bf1be1',
    x'011b7fec3338ed85558e6c6e2a8e44bf03f3b8e8711cbd3bf73cf71e86c79979025f90dd106c7a77b315a04290',
    x'0162ab7ce0c2fb69e9ad59d795690b68376ff7c6e47ad6d522c344d795b2d555db7d6547fdf260d468a07b515f04ee9d945903de708176f9b1cb2465598fb11b21b0fbe3cd2ac7dfd01043e86d11aaaf31f07defaaaa9de34d48',
    x'', 1760000000000, 5, 0, NULL, NULL, NULL, 3, '');
INSERT INTO message VALUES (4, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'01cc5a9cc334cde5b1dcb4a7ee666c8e4689a177306d31015ccb106cb378b291bbacb49f63c406ffc6f718e4eaa32cd94a1dbbf5409f',
    x'010c93e47d56454697daf570e030cec74d5820280070457fea2b8c275595fc153cd5825cccf80a615da9854b54',
    x'01aa90b9d8d595c9cbd6557eeb407aa5244f95e1d0bbc51b44fb772cf88d4c2d520b7e203f4fa01d9d8f3a1dd1c754b0bd456bf61bdc77fae04a00ba11b9f734f0aebba532d7a38041767fc30e5f958f119cf5dbf06f9c1f3b5e',
    x'', 1760000000000, 5, 0, NULL, NULL, NULL, 1, '');
INSERT INTO message VALUES (7, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'012a1ea819cb6ce651938c3741cfd46d9b4b67df71720772f6efd040e81273a877e3f284adb6402c58027fa8044c99e7916a1cb2dfd6',
    x'01451c3a27ab5ea88d98860e7908513926e08672d713a25c8101e2ce4f01e85c313e1ae23c5c9d8cce9541f5f5',
    x'018f253b1006d7317a501ee93c0a1ddf076d781ff75ad79627444b879f982a683c1922857c1b84d00063fea1c3c8b22bb06c44dd07b777a7b7c727ca3220b5f6a9ff49a7e72a75aab8eb56a4d026488dcf0d5f64f621f28a908a',
    x'', 1760000000000, 0, 0, x'1321fac6ca576107f2ae5da35883dfe5', x'895c257a61d294c49143c0a3113e35c4', NULL, NULL,
    '');
INSERT INTO message VALUES (8, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'014c90ef75ecac7de8b0e3dd617998dd78021abde10313071c86c252b629d4d7b39821edb020714a9072dddacb7d4254fec606f7c4a1',
    x'014ba5471604a104ac2781ccabe5957876a2302d6e95a0502bdf1c882b4da9c69f315f28bb057dfe461171a358',
    x'01af6a672034c1a78e5263c9ff4fec37aed337b934c7ad630a645dba5d426cdbf93e8a83f5917b03572cb8419770cd598c56e0eccc2f475d0b97b0ba5e9c03cfdaedf6f2462790f21f5fa1fa30ab3062d6847d393f1d70d94b3d',
    x'', 1760000000000, 4, 0, NULL, NULL, 7, NULL, '');
INSERT INTO assembly VALUES (1, x'8dc0a63f9ba5a422b8013636ad4af9ac', 1, 3, 1760000000000, 0, '',
    x'00000000000000000000000000000000', 2, 108, 1760000090000);
INSERT INTO assembly VALUES (2, x'61914475596b48651a373915a374f0d4', 2, 3, 1760000000000, 0, '',
    x'00000000000000000000000000000000', 1, 48, 1760000090000);
INSERT INTO assembly VALUES (3, x'72997e7b337ad7d7e419610533225721', 3, 3, 1760000000000, 3, '',
    x'00000000000000000000000000000000', 1, 46, NULL);
INSERT INTO part VALUES (1, 1, 1, 0, x'f6bac3d24ee0871ff418712c7212b803',
    x'015f841a596a5ab00fcfb5ac1047c54ff70ed41618fc369bae51244ed48159e0165d12c12308d2aaaa81b6c3a67fb19e661d15a3a9a158');
INSERT INTO part VALUES (2, 2, 1, 0, x'363bb83abf5ca3b8dde1f003a5b03be1',
    x'01aa5e0c1493cae29a35a2df82471ccecc62b794e094eafe902563527e759818c7313e82efef9a0214b74de2ae5cbf34');
INSERT INTO part VALUES (3, 3, 1, 0, x'27f272ab4185f37d58d17561318b02bb',
    x'01b119dc53a52afeded15fc9894b9a1030230c56cfd626566bf42def25caf40eee138ea70f0b2f36e08bf78f9686');
INSERT INTO part VALUES (4, 1, 2, 0, x'1e0d39a3bd05de97ee18953fa8cb7424',
    x'01dddec4187861a2365478ec78c8e3aa32b28b1190f40971354d1d26d45b224ab884c87778fbf5f871c04425dba386897bddaaf3ec');
INSERT INTO report VALUES (7, 7, x'37f6a629d3bb5173eef9dec113b21bd4', 1, 2, '53.21.06.2001', 3, NULL, NULL, 0, 41,
    1760000000000);
INSERT INTO ticket VALUES (0, 7);
INSERT INTO person VALUES (21, x'c192b718a81317ef88962dee5eb95a47',
    x'0100e0039de12db0b8980f1b6e88b1abe36a497dd6e7699d69908d4a0851564ab2d809577540cf882de696d234694c4fbda4c9df2af2',
    4, '61.01.09.2002', 1760000000000);
INSERT INTO opted_out VALUES (x'eec8aa7a9ffb52117b310bdcf9936211', 1760000000000);
INSERT INTO worker VALUES (31, 0, 0,
    x'01d032d2c08861c84a010c369da7372a5bf596704fcbafafdf79f36343abb65b2413badbad3f4571ee7653a67226cc66e42ad0',
    x'011f41b8663e2122e2bc24eaf72b1d5115fb8017cc75ed3e46888cc52aad0501e4fea6f0b27a8bb6536b18d3e033f1eb9d613036aa2d166852',
    x'013fe24b36ea56c282165bd91c78b96a44a7a11070ece7e0099de18dc89bd2631c2825063356d3a8c633679ac1719a56550b8b925c',
    x'01f469959a94b74f9e121a8b3126c2576df1f515a1d123876288d93ba55451b851dd9840898f4c587cea2491',
    x'da31c326f679513e7c5e6398ea675783', NULL, x'', '', '61.01.09.2002', 'ARUK', NULL, 21, 1760000000000, NULL,
    x'01459e6fd7f5a034240cb526155a7f9ef1b3f8ffdc012e91e2c60089ead54700a67ca9a29313cb03242b7d32ac933cfc');
INSERT INTO trail_event VALUES (32, 31, 7, 5, 0, 1760000000000,
    x'0131d50c4fd41448ed729c6ce8ae9d5ee55168faf08f5a392a868017b2fdd6109676b14119f09911dac52814b4');
INSERT INTO incident VALUES (41, 0, 'route', '53.21.06.2001', 1760000000000, 1760000000000, 1, 1);
INSERT INTO incident_reporter VALUES (41, x'37f6a629d3bb5173eef9dec113b21bd4');
INSERT INTO alert VALUES (51, 41, 0, 1, 3, 0, 'Immediate', 'Severe', 'Likely', 2, '53.21.06.2001', 3, NULL, 1, NULL,
    1760000000000, 1760000000000, 1760000000000, 1760000000000, 1, '', NULL, x'');
INSERT INTO event VALUES (61, 'alert.raised', 1760000000000,
    x'01dbe86d7dfffd21c1cd71482518593ed51e43cf199125737490285a89fe79db22652ef94151468f2d0ef3bad5');
INSERT INTO delivery VALUES (62, 61, 'satgas', 0, 3, 1760000000000, 0);
INSERT INTO endpoint VALUES ('satgas', 1, '410', NULL);
INSERT INTO reply VALUES (71, 7, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 1,
    x'01183f3cee0725e390dab55049aaa9e345c2e199609dae6a783723ce7e143a1a6337e1febc8b88034c23fedf918462e2d26349384f0658d21a3b964b8690a965c8d99f',
    x'016615fc11861d284264bd3e612702f0d6da38626d299da8327b7d417455d9c9468aab17acaddf22541c48f5d2e95c9fa9fb633ccba9',
    1760003600000, NULL, '00AB', 0, '');
INSERT INTO reply VALUES (72, 7, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 0,
    x'011e86bfff3bcd4189415fbe7abcaa23bc3c82b2d8ce7d6234286808bdad9dfc871d4db4d12d70feb37f471e8f31260815b995200509526e6ee139020e5c0b41da7fb3',
    x'0109b8cbf2b80eb23c75372d148dcc8d2103a49fbd981f2fc841d9a32caccc02af925d181f53bbcff9fcec94a56b229b61632463532d',
    1760003600000, NULL, '', 0, '');
INSERT INTO reply VALUES (73, 8, 'smpp-a', x'37f6a629d3bb5173eef9dec113b21bd4', 1,
    x'0173ec32c1520fd8c305f9c395791d7d92857a0937d855f6d8d95d5c43c7dabf1a44a71c8b7865e5e0f12d702fcb7a556d7fd8c38d538ffad3ff3d47e7ca672aaddece',
    x'01fc66b030886759923f80c3dda016b2ce6323cb1b34f6514905184801a89a59fdc11fcf573fc659f5df2cfce0af1bbbd9fd83e7e52f',
    1760003600000, NULL, '4F1D', 0, '');
INSERT INTO token VALUES ('satgas', 6, 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', '61
53
',
    1760000000000, 0);
INSERT INTO audit VALUES (81, 1760000000000, 'cli:root', 'export', 'all',
    x'017d668bf3dc28e5e74dbe87ec6d50463fc844ebb9030711aca190b4fac2df974a490923c5e3c92cc6200d0182029034016851',
    x'df33adc4c0c1eb02128cd19a4bf497d9a0beabf5ed110e7a7054e5a5ecb1a027',
    x'31197e8bbd60404c1aff4200aa4b955089275958e0a07ec681fb8da4327179f5',
    x'd2b300321c8e385d411e7b35bbe84f28efa07d2d2f1bbb235203d2b2af1b56a2');
INSERT INTO audit VALUES (82, 1760000000000, 'cli:root', 'export', 'all',
    x'01367bd93b5b66a9d1d0bd9cbad38aef03d48161fe10f26c5ff211cf4f311fecd2791eb2b78760955eb4d36dd21d8f0179e3ca',
    x'8ff3c6e96fb5c3c104a920e5db4ddec570cb52b1f64c4b6eb12289fa6fa31a6e',
    x'4e63c7809f21f87b05e38351d870e53b07ea723253177bd02fccd5e27b204a59',
    x'f4d8bd5400ab40602ff5147dc956770e005c3591fc85b60bd8ea6cd8feff3887');
INSERT INTO dialogue VALUES (91, x'37f6a629d3bb5173eef9dec113b21bd4', 0, NULL, 'smpp-a', 'report', 'place', 1, 7,
    x'013e356b2aec6049264f1bdcf75d609b2cedf330015a8b5c032c4bcc71c670ea3817159e5f363ec041ae95', 1760000000000,
    1760007200000);
INSERT INTO dialogue VALUES (92, x'9e8d31728e3fb94655faa179072152ff', 1, x'9d03571cb24f40d62dc3b02c83b9ee8f',
    'smpp-a', 'report', 'place', 1, 7,
    x'0149e74306c51352f70ced627f250eba39fd03bc2cd019d6fa445fac12cd93ff22cc47704ae251bf8315dc', 1760000000000,
    1760007200000);
INSERT INTO reply_policy VALUES (x'37f6a629d3bb5173eef9dec113b21bd4', 3, x'7696fca596b404ec9876a07ea94a59dd', NULL,
    1, 1760000000000);
INSERT INTO open_text VALUES ('', x'', 2, 3);
INSERT INTO receipt VALUES (101, 'smpp-a', 'AB', 0, NULL, x'37f6a629d3bb5173eef9dec113b21bd4', 1, '', 1760000000000,
    1, 71);
INSERT INTO receipt VALUES (102, 'smpp-a', '77', 0, NULL, NULL, 1, '', 1760000000000, 0, NULL);
INSERT INTO receipt VALUES (103, 'smpp-a', '78', 0, NULL, NULL, 1, '001', 1760000000000, 2, NULL);
INSERT INTO reply_part VALUES (73, 1, 2, 'smpp-a', '4F1C', 1);
INSERT INTO reply_part VALUES (73, 2, 2, 'smpp-a', '4F1D', 0);
PRAGMA application_id = 1248160363;
PRAGMA user_version = 4;
