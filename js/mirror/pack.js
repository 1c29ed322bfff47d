// @ts-check

/** Numbers and one text, as they grow. */
export class Pack {
  numbers = new Uint32Array(4096);
  length = 0;
  text = '';

  /** @param {number} number */
  put(number) {
    if (this.length === this.numbers.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.length++] = number;
  }

  /** @param {number[]} numbers */
  putAll(...numbers) {
    for (let at = 0; at < numbers.length; at++) this.put(numbers[at]);
  }

  /** @param {string} text */
  say(text) {
    this.put(text.length);
    this.text += text;
  }
}
