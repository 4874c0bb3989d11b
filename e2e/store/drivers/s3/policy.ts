import { createHash } from 'node:crypto';
import { z } from 'zod';
import { bucket } from './place.ts';

const schema = z.looseObject({
  Statement: z.array(z.looseObject({ Sid: z.string().optional(), Effect: z.string() })),
});

const arn = (key = ''): string => `arn:aws:s3:::${bucket}${key === '' ? '' : `/${key}`}`;

/** A bucket policy that allows a user what Longhorn needs, below a prefix. */
export const policyOf = ({ user, prefix }: { user: string; prefix: string }): string => {
  const allow = (sid: string, Action: string[], Resource: string) => ({
    Sid: sid,
    Effect: 'Allow',
    Principal: { AWS: [user] },
    Action,
    Resource,
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      allow('List', ['s3:ListBucket'], arn()),
      allow('Objects', ['s3:GetObject', 's3:PutObject', 's3:DeleteObject'], arn(`${prefix}/*`)),
    ],
  });
};

/** Returns the policy with these users in all its allow statements. */
export const withUsers = (policy: string, users: readonly string[]): string => {
  const { Statement, ...rest } = schema.parse(JSON.parse(policy));
  const admit = (each: (typeof Statement)[number]) =>
    each.Effect === 'Allow' ? { ...each, Principal: { AWS: users } } : each;
  return JSON.stringify({ ...rest, Statement: Statement.map(admit) });
};

const denialOf = (key: string): string =>
  `Deny${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;

/** Returns the policy with an added statement that denies a user the deletion of an object. */
export const withDeletionDenied = (policy: string, { user, key }: { user: string; key: string }): string => {
  const { Statement, ...rest } = schema.parse(JSON.parse(policy));
  const denial = {
    Sid: denialOf(key),
    Effect: 'Deny',
    Principal: { AWS: [user] },
    Action: ['s3:DeleteObject'],
    Resource: arn(key),
  };
  return JSON.stringify({ ...rest, Statement: [...Statement, denial] });
};

/** Returns the policy without the deny statement for an object, or without all deny statements if no key is given. */
export const withDeletionAllowed = (policy: string, key?: string): string => {
  const { Statement, ...rest } = schema.parse(JSON.parse(policy));
  const stays = ({ Sid, Effect }: { Sid?: string | undefined; Effect: string }): boolean =>
    Effect !== 'Deny' || (key !== undefined && Sid !== denialOf(key));
  return JSON.stringify({ ...rest, Statement: Statement.filter(stays) });
};
