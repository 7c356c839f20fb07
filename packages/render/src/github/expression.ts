/** What GitHub evaluates. Never made of a value that a person wrote: those pass through `literal`. */
export function expression(code: string): string {
  return `\${{ ${code} }}`;
}

/** Text that GitHub takes for what it is: where it would see an expression begin, it is given one that says so. */
export function literal(text: string): string {
  return text.replaceAll('${{', expression("'${{'"));
}
