const home = process.cwd();
let folder = home;
let inside = 0;
let left = Promise.withResolvers<void>();

/**
 * Does some work in a folder, or without one in that of the tests. A process is in one folder at a time: work in
 * another one waits until nothing is done in this one.
 */
export async function inFolder<Result>(wanted: string | undefined, work: () => Promise<Result>): Promise<Result> {
  const target = wanted ?? home;
  while (inside > 0 && folder !== target) await left.promise;
  if (folder !== target) process.chdir(target);
  folder = target;
  inside += 1;
  try {
    return await work();
  } finally {
    inside -= 1;
    if (inside === 0) {
      process.chdir(home);
      folder = home;
      left.resolve();
      left = Promise.withResolvers<void>();
    }
  }
}
