/** A path or file URI of a report as seen from `root`, an absolute directory; what lies elsewhere stays as it is. */
export function relativePath(path: string, root: string): string {
  const plainPath = path.startsWith('file://') ? decodedUri(path.slice('file://'.length)) : path;
  const inside = `${root.replace(/\/+$/, '')}/`;
  return plainPath.startsWith(inside) ? plainPath.slice(inside.length) || path : path;
}

/** The path that a relative URI stands for; as it is when it is badly encoded. */
export function decodedUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
