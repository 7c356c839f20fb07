import type { Folder, Found } from './detect.ts';

interface Guess {
  files: string[];
  /** Texts of TypeScript values. */
  install: string;
  build: string;
  start: string;
}

const guesses: readonly Guess[] = [
  { files: ['go.mod'], install: 'null', build: "'go build -o server .'", start: "'./server'" },
  { files: ['Cargo.toml'], install: 'null', build: "'cargo build --release'", start: "'./target/release/server'" },
  { files: ['manage.py'], install: 'null', build: 'null', start: "'python3 manage.py runserver'" },
  { files: ['app.py', 'main.py'], install: 'null', build: 'null', start: "'python3 FILE'" },
  { files: ['app.rb', 'main.rb'], install: "'bundle install'", build: 'null', start: "'ruby FILE'" },
];

const placeholder = { install: 'null', build: 'null', start: "'./start'" };

/** Any language: what is likely, and a word that a person must look at it. */
export async function anyApp({ first }: Folder): Promise<Found> {
  const warnings = ['Look at start, build and health in kova.config.ts: the app must listen on $HOST:$PORT.'];
  for (const { files, install, build, start } of guesses) {
    const file = await first(...files);
    const app = { install, build, start: start.replace('FILE', file ?? ''), health: "{ path: '/' }" };
    if (file) return { kind: 'other', helper: null, app, warnings };
  }
  return { kind: 'other', helper: null, app: { ...placeholder, health: "{ path: '/' }" }, warnings };
}
