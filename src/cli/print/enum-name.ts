/** Name of a number of a generated enum, such as `ROTATION_DUE`. For an unknown number, the number itself. */
export function enumName(numbers: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(numbers).find((name) => numbers[name] === number) ?? String(number);
}
