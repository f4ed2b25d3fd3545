// ONNX Runtime over one graph and one batch: node onnx_runtime.mjs <folder of node_modules> <graph> <batch as JSON> <threads> <seconds>.
// Prints rows a second (the best of rounds of a quarter second) and the scores of the batch as a line of JSON.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, graph, batch, threads, seconds] = process.argv.slice(2);
const ort = createRequire(path.join(path.resolve(folder), 'x.js'))('onnxruntime-node');
const inputs = JSON.parse(fs.readFileSync(batch, 'utf8'));
const session = await ort.InferenceSession.create(graph, { intraOpNumThreads: Number(threads), interOpNumThreads: 1 });
const feeds = {};
let rows = 0;
for (const { name, type, values } of inputs) {
  rows = values.length;
  const data = type === 'float32' ? Float32Array.from(values, v => v === null ? NaN : v) : values;
  feeds[name] = new ort.Tensor(type, data, [rows, 1]);
}
// The label takes time and nobody here reads it.
const wanted = ['scores'];
for (let i = 0; i < 5; i++) await session.run(feeds, wanted);
let best = 0;
const end = performance.now() + 1000 * Number(seconds);
while (performance.now() < end) {
  const start = performance.now();
  let runs = 0;
  while (performance.now() - start < 250) {
    await session.run(feeds, wanted);
    runs++;
  }
  best = Math.max(best, 1000 * runs * rows / (performance.now() - start));
}
const result = await session.run(feeds, wanted);
console.log(JSON.stringify({ rowsPerSecond: best, scores: Array.from(result.scores.data) }));
