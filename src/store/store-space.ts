/** Room on the disk on which the store is. */
export interface StoreSpace {
  readonly freeBytes: number;
  readonly sizeBytes: number;
}
