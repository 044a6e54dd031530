import { attempt, defineStep, type StepInput } from '../../../domain/step.ts';
import { type DataDirectory, dataDirectory } from '../../facts/files.ts';

/** The standby's data directory when it can be seen. */
interface Facts {
  readonly target: DataDirectory | undefined;
}

/** Only a person can see it. A pair that was set up before was licensed then. */
function attested(id: string, { target }: Facts, { attested }: StepInput) {
  return attested.includes(id) || target?.standbySignal === true ? 'done' : ({ attest: true } as const);
}

const gather = async (
  ask: Parameters<Parameters<typeof defineStep<Facts>>[0]['gather']>[0],
  { cluster, standby }: StepInput,
): Promise<Facts> => {
  const asked = await attempt(ask.fact(standby.id, dataDirectory, { path: cluster.dataDir }));
  return { target: asked.ok ? asked.value : undefined };
};

/** The licence with the Replication module is loaded on the primary and the module is switched on. M01. */
export const setupLicence = defineStep<Facts>({
  id: 'setup.licence',
  manual: ['M01'],
  effect: 'read',
  gather,
  check: (facts, input) => attested('setup.licence', facts, input),
});

/**
 * The vendor's program has generated the command for this product (mMedica itself, or the mModuły installer for eRejestracja
 * and eArchiwum). With the stock pg_basebackup Zapas makes the password and the command itself, so nobody is asked. M12, M13.
 */
export const setupVendorCommand = defineStep<Facts>({
  id: 'setup.vendor-command',
  manual: ['M12', 'M13'],
  effect: 'read',
  gather,
  check(facts, input) {
    return input.cluster.basebackup === 'stock' ? 'done' : attested('setup.vendor-command', facts, input);
  },
});
