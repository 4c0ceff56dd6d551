// Keeps secrets encrypted at rest: AES-256-GCM, bound to the place they belong to, with keys that can be changed.

import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const ENVELOPE = /^v1\.([\w-]+)\.([\w-]+)\.([\w-]*)\.([\w-]+)$/;

export type Vault = {
  /** `context` names the place, such as `store/<id>/credentials`: the text can be read nowhere else. */
  readonly encrypt: (text: string, context: string) => string;
  /** @throws VaultError when it was changed, was made for another place, or its key is not known any more. */
  readonly decrypt: (envelope: string, context: string) => string;
  /** True when it was made with an older key and should be encrypted again. */
  readonly isOutdated: (envelope: string) => boolean;
};

export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** Encrypts with the first key, decrypts with any of them: a key can be replaced without losing anything. */
export function createVault(masterKeys: readonly Buffer[]): Vault {
  const [newest] = masterKeys;
  if (newest === undefined)
    throw new VaultError('There is no master key. Set one before anything is stored.');
  if (masterKeys.some((key) => key.length !== KEY_BYTES)) {
    throw new VaultError(`A master key must be exactly ${KEY_BYTES} bytes long.`);
  }
  const keys = new Map(masterKeys.map((key) => [keyIdOf(key), key]));
  const newestId = keyIdOf(newest);
  return {
    encrypt: (text, context) => {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', newest, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(newestId, context));
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
      return ['v1', newestId, ...[nonce, hidden, cipher.getAuthTag()].map(toText)].join('.');
    },
    decrypt: (envelope, context) => {
      const { keyId, nonce, hidden, tag } = readEnvelope(envelope);
      const key = keys.get(keyId);
      if (key === undefined) {
        throw new VaultError(
          `A stored secret needs the master key "${keyId}", which is not configured. Add the former key again.`,
        );
      }
      const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(boundTo(keyId, context));
      decipher.setAuthTag(tag);
      try {
        return Buffer.concat([decipher.update(hidden), decipher.final()]).toString('utf8');
      } catch {
        throw new VaultError(
          'A stored secret was changed or belongs to something else. Enter the credentials again.',
        );
      }
    },
    isOutdated: (envelope) => readEnvelope(envelope).keyId !== newestId,
  };
}

/** Names a key without telling anything about it. */
const keyIdOf = (key: Buffer): string =>
  createHash('sha256').update('stocksheet key id').update(key).digest('base64url').slice(0, 8);

const boundTo = (keyId: string, context: string): Buffer => Buffer.from(`v1.${keyId}.${context}`, 'utf8');

const toText = (bytes: Buffer): string => bytes.toString('base64url');

type Envelope = {
  readonly keyId: string;
  readonly nonce: Buffer;
  readonly hidden: Buffer;
  readonly tag: Buffer;
};

function readEnvelope(text: string): Envelope {
  const [, keyId, ...parts] = ENVELOPE.exec(text) ?? [];
  const [nonce, hidden, tag] = parts.map((part) => Buffer.from(part, 'base64url'));
  // Decoding skips what it does not understand; only the exact spelling that encrypting writes is taken.
  const isExact = [nonce, hidden, tag].every(
    (bytes, index) => bytes !== undefined && toText(bytes) === parts[index],
  );
  if (!isExact || keyId === undefined || nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) {
    throw new VaultError('A stored secret is not complete. Enter the credentials again.');
  }
  return { keyId, nonce, hidden: hidden ?? Buffer.alloc(0), tag };
}
