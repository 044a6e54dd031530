/** Does the path belong to a Windows host? Every path of the inventory is absolute, so it says which system it is on. */
export function isWindowsPath(path: string): boolean {
  return /^[A-Za-z]:[\\/]/.test(path);
}

/** Is a path that a server or an inventory names absolute on its host? */
export function isAbsolutePath(path: string): boolean {
  return path.startsWith('/') || isWindowsPath(path);
}

/** A path below a directory, with the directory's own separator; PostgreSQL on Windows writes `/`. */
export function joinPath(directory: string, ...names: readonly string[]): string {
  const separator = isWindowsPath(directory) && directory.includes('\\') ? '\\' : '/';
  return [directory.replace(/[\\/]+$/, ''), ...names].join(separator);
}

/** The path as PostgreSQL's files and connection strings have it: with `/` on Windows too. */
export function plainPath(path: string): string {
  return isWindowsPath(path) ? path.replaceAll('\\', '/') : path;
}

/** The directory a path is in. */
export function parentPath(path: string): string {
  const parent = path.replace(/[\\/][^\\/]*$/, '');
  return parent === '' || /^[A-Za-z]:$/.test(parent) ? path.slice(0, parent.length + 1) : parent;
}

/** A program in a directory of programs. */
export function programIn(binDir: string, name: string): string {
  return joinPath(binDir, isWindowsPath(binDir) ? `${name}.exe` : name);
}
