import { STORES } from '../adapters/store/scratch.ts';
import { watchStoreContract } from './watch-store.ts';

for (const [name, open] of STORES) watchStoreContract(name, open);
