/** Name of a number of a generated enum, such as `ROTATION_DUE`; of one that this program does not know, the number. */
export function enumName(numbers: Readonly<Record<string, number>>, number: number): string {
  return Object.keys(numbers).find((name) => numbers[name] === number) ?? String(number);
}
