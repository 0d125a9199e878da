// One JSON object a line, {octets, language} in hex and 23.038's identifier: what npm's smpp reads of the septets.
// {text, language}: how it writes them.
const readline = require('readline');
const { gsmCoder } = require('smpp/lib/defs');

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const { octets, text, language } = JSON.parse(line);
  const answer =
    text === undefined
      ? { text: gsmCoder.decode(Buffer.from(octets, 'hex'), language) }
      : { octets: Buffer.from(gsmCoder.encode(text, language)).toString('hex') };
  console.log(JSON.stringify(answer));
});
