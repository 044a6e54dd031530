/** A small valid inventory for tests. */
export const exampleInventory = `sites:
  clinic:
    name: Przychodnia Zdrowie
    clusters:
      demo:
        product: mmedica
        primary: one
        standby: two
        port: 5432
        database: mmedica
        certificates:
          root: /opt/mmedica/certs/root.crt
          clientCert: /opt/mmedica/certs/client.crt
          clientKey: /opt/mmedica/certs/client.key
        binDir: /opt/mmedica/pgsql-17/bin
        dataDir: /opt/mmedica/pgsql-17/data
hosts:
  one:
    address: 10.77.0.12
    os: linux
    become: sudo
    transport:
      kind: ssh
      user: zapas
      hostKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGKPexample]
      privateKey: file:/etc/zapas/id_ed25519
  two:
    address: 10.77.0.13
    os: linux
    transport:
      kind: ssh
      user: zapas
      hostKeys: [ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGKPexample]
      agent: true
people:
  anna:
    name: Anna Nowak
    accounts: { terminal: anna }
    roles: [{ role: operator, sites: '*' }]
  piotr:
    name: Piotr Zieliński
    accounts: { terminal: piotr }
    roles: [{ role: approver, sites: [clinic] }]
`;
