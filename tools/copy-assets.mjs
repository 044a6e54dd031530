// What the compiler leaves behind: the migrations, which are read as files.
import { cpSync } from 'node:fs';

cpSync('src/adapters/store/migrations', 'dist/src/adapters/store/migrations', { recursive: true });
