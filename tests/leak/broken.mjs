// A build of `mirror` with faults in its masking, from a copy of the sources: the leak test must find each of them.

import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** File, what stands there, what stands there instead, a place in which that leaks, and the mode, where that is not `private`. */
export const FAULTS = [
  ['src/mask/attribute.rs', 'Content::Text | Content::Drawing => self.is_readable.then(|| mask_shape(value)),', 'Content::Text | Content::Drawing => self.is_readable.then(|| show_text(value)),', 'placeholder'],
  ['src/mask/attribute.rs', 'Self::Numbers => MaskedText::vouch_mirrored(show_numbers(value)),', 'Self::Numbers => MaskedText::vouch_mirrored(value.to_owned()),', 'bank account as a radius', 'always'],
  ['src/mask/sheet.rs', '_ => mask_layout(text).to_string(),', '_ => text.to_owned(),', 'CSS content'],
  ['src/mask/names.rs', 'self.rename(name, false)', 'name.to_owned()', 'class'],
  ['src/mask/field.rs', 'Self::Button | Self::Typed | Self::Files => Some(mask_shape(value)),', 'Self::Button | Self::Typed | Self::Files => Some(show_text(value)),', 'typed'],
  ['src/mirror/state.rs', 'mask_css(names, is_shown, css)', 'mask_css(names, true, css)', 'animated to an address'],
  ['src/mask/attribute.rs', 'if !shows {\n        return size.map(mask_picture);\n    }', '', 'query of a link'],
  ['src/mask/detect.rs', 'passes_luhn(digits.clone()) && ', 'false && ', 'card in a text', 'always'],
  ['src/mask/detect.rs', 'let goes_on = match sign.before {\n            _ if count == 0 => true,', 'let goes_on = match sign.before {\n            _ if count == 0 => false,', 'bank account', 'always'],
  ['src/mask/field.rs', '(Self::Secret, _) | (Self::Unseen, ', '(Self::Unseen, ', 'password that is shown, filled in later', 'always'],
  ['src/mirror/encoder/changes.rs', 'target.own.marks = marks;', 'let _ = marks;', 'class that masks, then text further in', 'late'],
];

function run(command, args, options = {}) {
  const { status, error, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8', ...options });
  if (error ?? status !== 0) throw new Error(`${command} ${args.join(' ')} failed\n${error ?? stderr}`);
}

/** @returns {Promise<string>} the folder that holds it; made anew when the sources have changed, in half a minute */
export async function broken() {
  const copy = path.join(root, 'target/leak/source');
  const out = path.join(root, 'target/leak/dist');
  const texts = new Map();
  const put = (file, text) => texts.set(file, text);
  for (const file of ['Cargo.toml', 'Cargo.lock']) put(file, fs.readFileSync(path.join(root, file), 'utf8'));
  // Without the tests, the hub and the desk, whose folders are not copied.
  put('Cargo.toml', texts.get('Cargo.toml').replace(/^members = .*$/m, 'members = ["."]').replace(/\[\[test\]\]\n(.+\n)+/g, ''));
  for (const entry of fs.readdirSync(path.join(root, 'src'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.relative(root, path.join(entry.parentPath, entry.name));
    put(file, fs.readFileSync(path.join(root, file), 'utf8'));
  }
  for (const [file, from, to] of FAULTS) {
    const text = texts.get(file);
    if (text.split(from).length !== 2) throw new Error(`tests/leak/broken.mjs: ${file} does not hold once: ${from}`);
    put(file, text.replace(from, () => to));
  }
  // What was moved or deleted since stands there still.
  const stale = fs.existsSync(copy) ? fs.readdirSync(path.join(copy, 'src'), { recursive: true }).map((name) => path.join('src', name)) : [];
  for (const file of stale) if (!texts.has(file) && fs.statSync(path.join(copy, file)).isFile()) fs.rmSync(path.join(copy, file));
  for (const [file, text] of texts) {
    const place = path.join(copy, file);
    fs.mkdirSync(path.dirname(place), { recursive: true });
    // Cargo goes by the time of a change.
    if (!fs.existsSync(place) || fs.readFileSync(place, 'utf8') !== text) fs.writeFileSync(place, text);
  }
  const flags = ['--profile', 'wasm-release', '--target', 'wasm32-unknown-unknown', '-p', 'alongside', '--no-default-features', '--features', 'mirror'];
  const env = { ...process.env, CARGO_TARGET_DIR: path.join(root, 'target/leak/target'), CARGO_PROFILE_WASM_RELEASE_OPT_LEVEL: '0', CARGO_PROFILE_WASM_RELEASE_LTO: 'off', RUSTFLAGS: '-Aunused -Adead_code' };
  run('cargo', ['build', '--quiet', ...flags], { cwd: copy, env });
  run('wasm-bindgen', ['--target', 'web', '--no-typescript', '--out-name', 'mirror', '--out-dir', out,
    path.join(env.CARGO_TARGET_DIR, 'wasm32-unknown-unknown/wasm-release/alongside.wasm')]);
  const glue = path.join(out, 'glue.js');
  fs.renameSync(path.join(out, 'mirror.js'), glue);
  await build({ entryPoints: [path.join(root, 'js/mirror.js')], alias: { 'alongside-wasm': glue }, bundle: true, format: 'esm', outfile: path.join(out, 'mirror.js'), logLevel: 'error' });
  return out;
}
