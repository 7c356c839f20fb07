/** How the tests get at the samples: core itself reads no files. */
declare module '*?raw' {
  const text: string;
  export default text;
}
