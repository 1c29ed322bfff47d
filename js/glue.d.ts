// What exists only once it is built: the glue that wasm-bindgen makes, and the bundle of core.js around it.

declare module 'alongside-wasm' {
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
  /** `src/api`: what it refuses is thrown as a string, `code: message`. */
  export class Core {
    constructor(host: unknown, deployment: string, transport: string, isJson: boolean, keepsFragment: boolean, excluded: string);
  }
}
