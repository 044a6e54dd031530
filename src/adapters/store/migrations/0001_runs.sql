-- Runs, their gates, the audit chain, and what is known of clusters. Every name is in the schema `zapas`; node-pg-migrate sets
-- the search path to it.

-- One sequence for all claims: tokens compare across runs, so a host can refuse the older of two.
create sequence fence;
-- Hosts remember the highest token they have obeyed. A store that is made anew must not start below it, or it could never act again.
select setval('fence', (extract(epoch from clock_timestamp()) * 1000)::bigint);

create table run (
  id text primary key,
  number bigint generated always as identity,
  asked text not null unique,
  runbook text not null,
  cluster text not null,
  site text not null,
  requester text not null,
  mutating boolean not null,
  priority smallint not null,
  state text not null
    check (state in ('queued', 'ready', 'waiting', 'attention', 'succeeded', 'failed', 'cancelled')),
  version integer not null,
  -- The aggregate. `json`, not `jsonb`: output of customers' hosts may hold code points that jsonb refuses (U+0000).
  doc json not null,
  fence bigint,
  owner text,
  lease_until timestamptz,
  wake_at timestamptz not null default clock_timestamp(),
  stop_asked boolean not null default false,
  created_at timestamptz not null default clock_timestamp(),
  changed_at timestamptz not null default clock_timestamp(),
  unique (id, requester),
  check ((owner is null) = (lease_until is null) and (owner is null) = (fence is null))
);

-- The cluster lock: it spans restarts and hours of waiting.
create unique index run_cluster_lock on run (cluster) where mutating and state in ('ready', 'waiting', 'attention');
create index run_open on run (state, priority, number) where state in ('queued', 'ready', 'waiting', 'attention');
create index run_newest on run (cluster, number);
create index run_changed on run (changed_at);

create table progress (
  run text primary key references run (id),
  doc json not null,
  changed_at timestamptz not null default clock_timestamp()
);
create index progress_changed on progress (changed_at);

create table gate (
  run text not null,
  number integer not null,
  kind text not null check (kind in ('approve', 'confirm', 'attest')),
  step text not null,
  plan_hash text not null,
  requested_by text not null,
  opened_at timestamptz not null,
  expires_at timestamptz not null,
  expired boolean not null default false,
  verdict text check (verdict in ('granted', 'rejected')),
  decided_by text,
  decided_on text,
  decided_at timestamptz,
  primary key (run, number),
  -- The requester of the gate is the requester of the run, and stays so.
  foreign key (run, requested_by) references run (id, requester),
  constraint gate_second_person
    check (kind <> 'approve' or verdict is distinct from 'granted' or decided_by <> requested_by),
  check ((verdict is null) = (decided_by is null) and (verdict is null) = (decided_at is null)),
  check (not (expired and verdict is not null))
);
create index gate_open on gate (expires_at) where verdict is null and not expired;

create function keep_gate() returns trigger language plpgsql as $$
begin
  if tg_op <> 'UPDATE' then
    raise exception 'gates are kept for ever' using errcode = 'object_not_in_prerequisite_state';
  end if;
  if old.verdict is not null or old.expired then
    raise exception 'gate % of run % is closed', old.number, old.run using errcode = 'object_not_in_prerequisite_state';
  end if;
  if (new.run, new.number, new.kind, new.step, new.plan_hash, new.requested_by, new.opened_at, new.expires_at)
    is distinct from
    (old.run, old.number, old.kind, old.step, old.plan_hash, old.requested_by, old.opened_at, old.expires_at) then
    raise exception 'only the decision of a gate can be written' using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger gate_one_decision before update or delete on gate for each row execute function keep_gate();
create trigger gate_no_truncate before truncate on gate for each statement execute function keep_gate();

-- hash = sha256(prev || canonical JSON of {event, number, run}), hex.
create table audit (
  number bigint primary key check (number > 0),
  run text not null,
  event json not null,
  prev text not null,
  hash text not null
);
create index audit_run on audit (run, number);

-- The end of the chain; whoever appends locks this row, so the chain is a line and its numbers have no gaps.
create table audit_head (
  single boolean primary key default true check (single),
  number bigint not null,
  hash text not null
);
insert into audit_head (number, hash) values (0, repeat('0', 64));

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only', tg_table_name using errcode = 'object_not_in_prerequisite_state';
end $$;
create trigger audit_append_only before update or delete or truncate on audit
  for each statement execute function refuse_change();
create trigger audit_head_kept before delete or truncate on audit_head
  for each statement execute function refuse_change();

create function only_forward() returns trigger language plpgsql as $$
begin
  if new.number <= old.number then
    raise exception 'the audit chain only grows' using errcode = 'object_not_in_prerequisite_state';
  end if;
  return new;
end $$;
create trigger audit_head_forward before update on audit_head for each row execute function only_forward();

create table cluster_roles (
  cluster text primary key,
  primary_host text not null,
  standby_host text not null,
  run text not null,
  changed_at timestamptz not null default clock_timestamp()
);

create table sighting (
  cluster text primary key,
  seen_at timestamptz not null,
  lsn text not null,
  timeline integer not null
);
