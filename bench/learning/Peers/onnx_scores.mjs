// ONNX Runtime over some graphs and the rows of each: node onnx_scores.mjs <folder of node_modules> <job as JSON>. The job is a list of
// { graph, rows, inputs: [{ name, type, file }], scores }; files hold little-endian numbers, or strings as a JSON array. Writes the scores as float32.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, job] = process.argv.slice(2);
const ort = createRequire(path.join(path.resolve(folder), 'x.js'))('onnxruntime-node');
const copy = file => { const bytes = fs.readFileSync(file); return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength); };
for (const { graph, rows, inputs, scores } of JSON.parse(fs.readFileSync(job, 'utf8'))) {
  const session = await ort.InferenceSession.create(graph);
  const feeds = {};
  for (const { name, type, file } of inputs) {
    const data = type === 'string' ? JSON.parse(fs.readFileSync(file, 'utf8')) : type === 'int64' ? new BigInt64Array(copy(file)) : new Float32Array(copy(file));
    feeds[name] = new ort.Tensor(type, data, [rows, 1]);
  }
  const result = await session.run(feeds, ['scores']);
  fs.writeFileSync(scores, Buffer.from(result.scores.data.buffer, result.scores.data.byteOffset, result.scores.data.byteLength));
  await session.release();
}
