/** The application that `environment.ts` starts. */
console.log("the program connects to", process.env.REDIS_URL);
