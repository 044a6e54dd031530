import { STORES } from '../adapters/store/scratch.ts';
import { runStoreContract } from './run-store.ts';

for (const [name, open] of STORES) runStoreContract(name, open);
