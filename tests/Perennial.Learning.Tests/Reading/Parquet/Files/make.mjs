// Makes the Parquet files beside it, and what is in them as CSV, by writers that have nothing to do with the reader; see README.md.
import { DuckDBInstance } from '@duckdb/node-api';
import * as arrow from 'apache-arrow';
import { Compression, Encoding, Table, WriterPropertiesBuilder, WriterVersion, writeParquet } from 'parquet-wasm';
import { writeFileSync } from 'node:fs';

const folder = process.argv[2];
const duck = await (await DuckDBInstance.create(':memory:')).connect();
await duck.run(`set threads = 1; create type mood as enum ('glad', 'sad', 'so so');
create table kinds as select
  i % 3 = 0 as b, nullif(i, 7)::tinyint as i8, (i * 300 - 20000)::smallint as i16, (i * 1000003 - 50000000)::integer as i32,
  (i * 900719925474::bigint - 40000000000000) as i64, i::utinyint as u8, (i * 600)::usmallint as u16, (i * 40000000)::uinteger as u32,
  (i * 100000000000000::ubigint) as u64, (i / 7.0)::float as f32, case when i % 10 = 3 then null else i / 7.0 end::double as f64,
  (i - 50)::decimal(4, 2) / 10 as d4, (i * 1234567.891)::decimal(15, 3) as d15, (i * 12345678901234567890.12345)::decimal(38, 5) as d38,
  date '1969-12-01' + i::integer as day, timestamp '1950-01-01 01:02:03.123456' + interval (i * 12345679) second as us,
  (timestamp '2020-02-29 23:59:59.5' + interval (i) hour)::timestamp_ms as ms, (timestamp '2001-01-01' + interval (i) minute)::timestamp_s as s,
  (timestamp '1999-12-31 12:00:00.000001' - interval (i) day)::timestamp_ns as ns, (timestamp '2010-10-10' + interval (i) second)::timestamptz as tz,
  time '10:00:00.25' + interval (i) second as clock, ('00000000-0000-4000-8000-0000000' || (10000 + i % 5))::uuid as id,
  (case i % 3 when 0 then 'glad' when 1 then 'sad' else 'so so' end)::mood as mood,
  case when i % 4 = 0 then null else 'é' || (i % 9) || case when i % 9 = 5 then ', "q"' else '' end end as word, 'row ' || i as label
  from range(100) t(i)`);
// A frame has NULL as the only missing value; DuckDB's CSV writes it as an empty cell.
await duck.run(`copy (select * replace (f32::double as f32) from kinds) to '${folder}/kinds.csv' (format csv, header, timestampformat '%Y-%m-%dT%H:%M:%S.%fZ')`);
for (const [name, codec, version] of [['duckdb-snappy', 'snappy', 'v1'], ['duckdb-gzip', 'gzip', 'v1'], ['duckdb-plain', 'uncompressed', 'v1'], ['duckdb-delta', 'snappy', 'v2']])
  await duck.run(`copy kinds to '${folder}/${name}.parquet' (format parquet, codec '${codec}', parquet_version '${version}')`);
await duck.run(`copy (select i, nullif(i % 11, 3) as few, case when i % 500 = 0 then null else 'k' || (i % 50) end as k from range(5000) t(i))
  to '${folder}/duckdb-row-groups.parquet' (format parquet, codec 'snappy', row_group_size 2048)`);
await duck.run(`copy (select 1 as a, [1, 2] as list) to '${folder}/list.parquet' (format parquet)`);
await duck.run(`copy (select 1 as a, {'x': 1, 'y': 2} as struct, 2 as b) to '${folder}/struct.parquet' (format parquet)`);
await duck.run(`copy (select 1 as a) to '${folder}/zstd.parquet' (format parquet, codec 'zstd')`);
await duck.run(`copy (select 1 as a, 'x'::blob as blob, interval 1 day as span) to '${folder}/interval.parquet' (format parquet)`);
await duck.run(`set force_mbedtls_unsafe = 'true'; pragma add_parquet_key('k', '0123456789112345')`);
await duck.run(`copy (select 1 as a) to '${folder}/encrypted.parquet' (format parquet, encryption_config {footer_key: 'k'})`);

const rows = [...Array(300).keys()];
const table = new arrow.Table({
  n: arrow.vectorFromArray(rows.map(i => i % 7 === 2 ? null : i * 31 % 1009 - 300), new arrow.Int32()),
  big: arrow.vectorFromArray(rows.map(i => BigInt(i) * 1234567890n - 7n), new arrow.Int64()),
  x: arrow.vectorFromArray(rows.map(i => i % 13 === 0 ? null : i / 8 - 3), new arrow.Float64()),
  yes: arrow.vectorFromArray(rows.map(i => i % 5 === 4 ? null : i % 3 === 0 || i > 240), new arrow.Bool()),
  at: arrow.vectorFromArray(rows.map(i => i % 6 === 0 ? null : new Date(Date.UTC(2001, 0, 1) + i * 61_001)), new arrow.TimestampMillisecond()),
  word: arrow.vectorFromArray(rows.map(i => i % 8 === 1 ? null : 'word ' + i * i % 97), new arrow.Utf8()),
  text: arrow.vectorFromArray(rows.map(i => 'some text of row ' + i), new arrow.Utf8()),
});
const cell = value => value === null ? '' : value instanceof Date ? value.toISOString() : String(value);
const lines = rows.map(i => table.schema.names.map(name => cell(name === 'at' && table.getChild('at').get(i) !== null ? new Date(Number(table.getChild('at').get(i))) : table.getChild(name).get(i))).join(','));
writeFileSync(`${folder}/rows.csv`, `${table.schema.names.join(',')}\n${lines.join('\n')}\n`);

const build = () => new WriterPropertiesBuilder().setMaxRowGroupSize(120).setDataPageSizeLimit(256).setWriteBatchSize(32);
const write = (name, properties) => writeFileSync(`${folder}/${name}.parquet`, writeParquet(Table.fromIPCStream(arrow.tableToIPC(table, 'stream')), properties.build()));
write('arrow-rs-1-snappy', build().setWriterVersion(WriterVersion.V1).setCompression(Compression.SNAPPY));
write('arrow-rs-1-gzip', build().setWriterVersion(WriterVersion.V1).setCompression(Compression.GZIP));
write('arrow-rs-2-snappy', build().setWriterVersion(WriterVersion.V2).setCompression(Compression.SNAPPY));
write('arrow-rs-2-gzip', build().setWriterVersion(WriterVersion.V2).setCompression(Compression.GZIP));
write('arrow-rs-2-plain', build().setWriterVersion(WriterVersion.V2).setCompression(Compression.UNCOMPRESSED).setDictionaryEnabled(false).setEncoding(Encoding.PLAIN));
write('arrow-rs-2-delta', build().setWriterVersion(WriterVersion.V2).setCompression(Compression.UNCOMPRESSED).setDictionaryEnabled(false)
  .setColumnEncoding('n', Encoding.DELTA_BINARY_PACKED).setColumnEncoding('big', Encoding.DELTA_BINARY_PACKED).setColumnEncoding('x', Encoding.BYTE_STREAM_SPLIT)
  .setColumnEncoding('yes', Encoding.RLE).setColumnEncoding('word', Encoding.DELTA_LENGTH_BYTE_ARRAY).setColumnEncoding('text', Encoding.DELTA_BYTE_ARRAY));
