// What the benches share: flags, the median, rows of ours beside the references, the file that `--json` names.
// In a folder of its own, since `./dev bench` takes every script in tests/bench for a bench.

import * as fs from 'node:fs';
import * as os from 'node:os';

export const flag = (name) => (process.argv.includes(name) ? process.argv[process.argv.indexOf(name) + 1] : undefined);

/** At least 5: a median of fewer is chance. */
export const wantedRuns = (usual) => Math.max(5, Number(flag('--runs') ?? usual));

export const median = (numbers) => {
  const sorted = [...numbers].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** `ours` is one of the figures, the others are references; where it was not measured, it and the ratios are `null`. */
export function row(id, unit, { ours = null, ...references }) {
  const ratios = Object.fromEntries(Object.entries(references).map(([name, figure]) => [name, ours === null ? null : ours / figure]));
  return { id, unit, ours, references, ratios };
}

/** Writes nothing without `--json`. `sample` says how much was measured, and stands beside the machine. */
export function writeJson(bench, rows, sample) {
  const file = flag('--json');
  if (!file) return;
  const machine = { cpu: os.cpus()[0]?.model, cores: os.cpus().length, memory: os.totalmem(), node: process.version, ...sample };
  fs.writeFileSync(file, JSON.stringify({ bench, machine, rows }, null, 2) + '\n');
}
