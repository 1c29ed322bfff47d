// What exists only once it is built: the glue that wasm-bindgen makes, and the bundle of core.js around it.

declare module 'alongside-wasm' {
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
  /** `src/browser/mirror.rs` */
  export class Mirror {
    constructor(isPrivate: boolean);
    begin(width: number, height: number, isQuirky: boolean): void;
    handle(numbers: Uint32Array, text: Uint8Array, names: string): Uint32Array;
    flush(): Uint32Array;
    check(): void;
    frame(): Uint8Array | undefined;
  }
  /** `src/browser/replay.rs` */
  export class Replay {
    constructor(painter: unknown);
    handle(frame: Uint8Array): boolean;
  }
  /** `src/api`: what it refuses is thrown as a string, `code: message`. */
  export class Core {
    constructor(host: unknown, deployment: string, transport: string, isJson: boolean, keepsFragment: boolean, excluded: string);
  }
}
