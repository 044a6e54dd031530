import { STORES } from '../adapters/store/scratch.ts';
import { linksContract } from './links.ts';

for (const [name, open] of STORES) linksContract(name, open);
