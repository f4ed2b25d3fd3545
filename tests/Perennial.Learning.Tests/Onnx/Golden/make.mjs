// Runs ONNX Runtime over the graphs beside this file with the inputs of the .json of the same name, and writes its scores there.
import fs from 'node:fs';
import path from 'node:path';
import ort from 'onnxruntime-node';

const folder = process.argv[2];
for (const file of fs.readdirSync(folder).filter(f => f.endsWith('.onnx')).sort()) {
  const json = path.join(folder, file.replace('.onnx', '.json'));
  const golden = JSON.parse(fs.readFileSync(json, 'utf8'));
  const session = await ort.InferenceSession.create(path.join(folder, file));
  const feeds = {};
  const arrays = { double: ['float64', Float64Array], int32: ['int32', Int32Array] };
  golden.inputs.forEach((input, i) => {
    const [wide, array] = arrays[input.type] ?? [];
    const data = array ? array.from(input.values) : input.type === 'float' ? Float32Array.from(input.values, v => v === null ? NaN : v)
      : input.type === 'int64' ? BigInt64Array.from(input.values, BigInt)
      : input.values;
    const type = wide ?? (input.type === 'float' ? 'float32' : input.type);
    feeds[session.inputNames[i]] = new ort.Tensor(type, data, [input.values.length / input.columns, input.columns]);
  });
  const result = await session.run(feeds);
  const scores = result[session.outputNames.includes('scores') ? 'scores' : 'y'];
  golden.scores = Array.from(scores.data);
  golden.width = scores.dims[1];
  if (result.label) golden.label = Array.from(result.label.data, String);
  fs.writeFileSync(json, JSON.stringify(golden) + '\n');
}
