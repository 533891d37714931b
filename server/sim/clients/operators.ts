/** Operators: sweeps, crashes, clocks, keys, and administrators who end what others are using. */

import type { EndReason } from '../../src/engine/end.ts';
import { KeysInUse } from '../../src/keys/keyring.ts';
import type { SimulatedKeyring } from '../keyring.ts';
import type { SimulatedNode } from '../node.ts';
import { Device } from './device.ts';
import type { Person, Street } from './street.ts';

export interface Plant {
  readonly street: Street;
  readonly nodes: readonly SimulatedNode[];
  readonly keyring: SimulatedKeyring;
  readonly say: (line: string) => void;
}

/** How long a node is down. */
const DOWN_MS = 15_000;
const CROWD = 60;

export function startOperators(plant: Plant): void {
  const { profile } = plant.street;
  for (const node of plant.nodes) every(plant, profile.sweepMs, () => sweep(plant, node));
  // All nodes at the same moment.
  every(plant, profile.sweepMs * 5, () => {
    for (const node of plant.nodes) sweep(plant, node);
  });
  every(plant, profile.crashMs, () => crash(plant, plant.street.dice.pick(plant.nodes)));
  every(plant, profile.clockStepMs, () => {
    const node = plant.street.dice.pick(plant.nodes);
    node.setClock();
    plant.say(`${node.name} sets its clock`);
  });
  every(plant, profile.keyMs, () => rotateKey(plant));
  every(plant, profile.adminMs, () => administer(plant));
  every(plant, profile.everywhereMs, () => endEverywhere(plant));
  every(plant, profile.crowdMs, () => gatherCrowd(plant));
}

/** As long as the world lasts; a mean of null is never. */
function every({ street }: Plant, meanMs: number | null, run: () => void): void {
  if (meanMs === null) return;
  const { scheduler, dice } = street;
  const next = () => {
    if (street.network.isClosed) return;
    run();
    scheduler.after(dice.about(meanMs), next);
  };
  scheduler.after(dice.about(meanMs), next);
}

function sweep({ street }: Plant, node: SimulatedNode): void {
  const limit = street.dice.pick([3, 20, 1000]);
  if (!node.isDown) void street.network.ask(node, 'sweep', { limit });
}

function crash({ street, say }: Plant, node: SimulatedNode): void {
  const { scheduler, dice, network, count } = street;
  if (node.isDown || network.isClosed) return;
  count('node:crash');
  say(`${node.name} crashes`);
  node.crash();
  network.drop(node);
  scheduler.after(dice.about(DOWN_MS), () => {
    if (!node.isDown) return;
    node.restart();
    say(`${node.name} starts`);
  });
}

function rotateKey({ keyring, say }: Plant): void {
  keyring.rotate().then(
    () => say(`MAC key ${keyring.currentMacKey()} is current`),
    (error: unknown) => {
      if (!(error instanceof KeysInUse)) throw error;
    },
  );
}

function administer({ street }: Plant): void {
  const { dice, network, sessions } = street;
  const session = sessions.pick(dice);
  if (!session) return;
  const { id, realm, subject } = session;
  const why = { reason: 'ended_by_administrator', by: 'admin' } as const;
  switch (dice.between(0, 3)) {
    case 0:
      void network.call('end_session', { session, why });
      break;
    case 1:
      void network.call('end_part', { session, slot: dice.between(1, session.nextSlot + 3), why });
      break;
    case 2:
      void network.call('inspect', { id });
      break;
    default:
      void network.call('list', { realm, subject });
  }
}

/** While the person signs in on other devices, and sometimes just before the node dies. */
function endEverywhere(plant: Plant): void {
  const { street, nodes } = plant;
  const { scheduler, dice, network, profile, people } = street;
  const person = dice.pick(people);
  const reason = dice.pick<EndReason>([
    'signed_out_everywhere',
    'password_changed',
    'ended_by_administrator',
  ]);
  const ask = {
    realm: person.realm.name,
    subject: person.subject,
    why: { reason, by: 'admin' as const },
  };
  for (let count = dice.between(0, 3); count > 0; count--) void signInElsewhere(street, person);
  scheduler.after(dice.about(1000), () => {
    if (network.isClosed) return;
    const node = dice.pick(nodes);
    if (profile.crashMs === null || node.isDown || dice.chance(0.6)) {
      void network.call('end_subject', ask);
      return;
    }
    void network.ask(node, 'end_subject', ask);
    scheduler.after(dice.about(profile.storeMs * 4), () => crash(plant, node));
  });
}

async function signInElsewhere(street: Street, person: Person): Promise<void> {
  await street.scheduler.wait(street.dice.about(1000));
  await new Device(street, person, `visitor-${person.subject}`).signIn();
}

/** More sessions of one person than are ended in one group. */
function gatherCrowd({ street }: Plant): void {
  const person = street.dice.pick(street.people);
  for (let count = 0; count < CROWD; count++) void signInElsewhere(street, person);
}
