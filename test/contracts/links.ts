import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LinkStore } from '../../src/domain/links.ts';
import type { AuditLog } from '../../src/domain/ports.ts';
import { minutes } from './run-store.ts';

/** What every store of links keeps to. */
export function linksContract(
  name: string,
  open: () => Promise<{
    readonly store: { readonly links: LinkStore; readonly audit: AuditLog };
    remove(): Promise<void>;
  }>,
): void {
  describe(`links in ${name}`, () => {
    let links: LinkStore;
    let audit: AuditLog;
    let remove: () => Promise<void>;
    beforeAll(async () => {
      const scratch = await open();
      ({ links, audit } = scratch.store);
      remove = () => scratch.remove();
    });
    afterAll(async () => await remove());

    const offer = async (
      person: string = randomUUID(),
      expires = minutes(10),
    ): Promise<{ person: string; codeHash: string }> => {
      const codeHash = randomUUID();
      await links.offer({ codeHash, person, expiresAt: expires });
      return { person, codeHash };
    };

    it('links the account with whom the code was made for, once, and audits it', async () => {
      const { person, codeHash } = await offer();
      const made = await links.redeem(claim(codeHash, 'U1'));
      expect(made).toMatchObject({ platform: 'slack', account: 'U1', person });
      expect(await links.list()).toContainEqual(made);
      expect((await audit.read('')).at(-1)?.event).toMatchObject({
        type: 'account-linked',
        account: 'U1',
        by: { person },
      });
      await expect(links.redeem(claim(codeHash))).rejects.toMatchObject({ code: 'link.wrong-code' });
      expect(await audit.verify()).toMatchObject({ ok: true });
    });

    it('is used by one of eight who type the same code at once', async () => {
      const { codeHash } = await offer();
      const done = await Promise.allSettled(Array.from({ length: 8 }, () => links.redeem(claim(codeHash))));
      expect(done.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    });

    it('knows no code that is over, was never offered, or was replaced by a newer one', async () => {
      const late = await offer(randomUUID(), minutes(-1));
      const { person, codeHash } = await offer();
      await offer(person);
      for (const bad of [late.codeHash, codeHash, 'never'])
        await expect(links.redeem(claim(bad))).rejects.toMatchObject({ code: 'link.wrong-code' });
    });

    it('gives nobody an account that is taken, nor a second one; the code stays good for the right one', async () => {
      const first = await offer();
      await links.redeem(claim(first.codeHash, 'U2'));
      const second = await offer();
      await expect(links.redeem(claim(second.codeHash, 'U2'))).rejects.toMatchObject({ code: 'link.taken' });
      const again = await offer(first.person);
      await expect(links.redeem(claim(again.codeHash, 'U3'))).rejects.toMatchObject({ code: 'link.occupied' });
      expect(await links.redeem(claim(again.codeHash, '77', 'discord'))).toMatchObject({ person: first.person });
      expect(await links.redeem(claim(second.codeHash, 'U4'))).toMatchObject({ person: second.person });
    });

    it('removes a link, once, and audits who did it', async () => {
      const { person, codeHash } = await offer();
      await links.redeem(claim(codeHash, 'U5'));
      const what = { person, platform: 'slack', by: { person: 'anna', platform: 'terminal' }, at: minutes(0) };
      expect(await links.remove(what)).toBe(true);
      expect(await links.remove(what)).toBe(false);
      expect((await links.list()).filter(({ account }) => account === 'U5')).toEqual([]);
      const last = (await audit.read('')).at(-1)?.event;
      expect(last).toMatchObject({ type: 'account-unlinked', person, by: { person: 'anna' } });
    });
  });
}

function claim(
  codeHash: string,
  account: string = randomUUID(),
  platform = 'slack',
): Parameters<LinkStore['redeem']>[0] {
  return { codeHash, platform, account, at: minutes(0) };
}
