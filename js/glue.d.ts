// What the loader uses of the generated glue, which exists only once it is built.
declare module '*/core.js' {
  export default function init(options: { module_or_path: string | URL }): Promise<unknown>;
  export function start(options: unknown): { call(command: string, args: unknown[]): Promise<unknown> };
}
