// Parses Bicep files. Usage: node .ci/bicep.cjs <node_modules> <file>...
const fs = require('fs');
const path = require('path');
const { createRequire } = require('module');
const [modules, ...files] = process.argv.slice(2);
const { Parser, Language } = createRequire(path.join(path.resolve(modules), 'bicep.cjs'))('web-tree-sitter');

// Before it is believed of the files, the parser shows that it finds mistakes.
const wrong = ["param a string = 'x\n", "var a = {\n  b 1\n}\n", "resource a 'T/t@2024-01-01' {\n}\n", "var a = b ? c\n", "module m 'm.bicep' = if a {\n}\n"];

function mistakes(parser, text) {
  const found = [];
  const walk = node => {
    if (node.isError || node.isMissing) found.push(`${node.startPosition.row + 1}:${node.startPosition.column + 1}: ${node.isMissing ? `'${node.type}' is missing` : 'not Bicep'}: ${text.split('\n')[node.startPosition.row].trim()}`);
    node.children.forEach(walk);
  };
  walk(parser.parse(text).rootNode);
  return found;
}

(async () => {
  await Parser.init();
  const parser = new Parser();
  parser.setLanguage(await Language.load(path.join(modules, 'tree-sitter-bicep', 'tree-sitter-bicep.wasm')));
  const blind = wrong.filter(text => mistakes(parser, text).length === 0);
  blind.forEach(text => console.error(`The parser takes this for Bicep: ${JSON.stringify(text)}`));
  const found = files.flatMap(file => mistakes(parser, fs.readFileSync(file, 'utf8')).map(mistake => `${file}:${mistake}`));
  found.forEach(mistake => console.error(mistake));
  if (files.length === 0) console.error('There are no files.');
  if (blind.length + found.length > 0 || files.length === 0) process.exit(1);
  console.log(`${files.length} files are Bicep, as far as a grammar tells.`);
})();
