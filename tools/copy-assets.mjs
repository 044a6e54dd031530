// What the compiler leaves behind: files that are read, not imported.
import { cpSync } from 'node:fs';

cpSync('src/adapters/store/migrations', 'dist/src/adapters/store/migrations', { recursive: true });
cpSync('src/adapters/plot/fonts', 'dist/src/adapters/plot/fonts', { recursive: true });
cpSync('src/bot/web/assets', 'dist/src/bot/web/assets', { recursive: true });
