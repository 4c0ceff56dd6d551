// The channels a store can be on, as the connect form needs them: words, fields and what each can do.

import * as z from 'zod/mini';

export const channelView = z.object({
  id: z.string(),
  label: z.string(),
  credentialFields: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      help: z.string(),
      secret: z.boolean(),
      required: z.boolean(),
      placeholder: z.string(),
    }),
  ),
  settingFields: z.array(
    z.object({
      key: z.string(),
      label: z.string(),
      help: z.string(),
      choices: z.array(z.object({ value: z.string(), label: z.string() })),
      initial: z.string(),
    }),
  ),
  /** Where access is allowed at the shop itself: POST /api/stores/authorize answers its page. */
  authorization: z.nullable(
    z.object({
      /** Keys of credentialFields to type before. */
      needs: z.array(z.string()),
      /** Keys of credentialFields that the shop fills in. */
      gives: z.array(z.string()),
      /** The address to register with the shop's app, letter by letter; null when this server has none. */
      redirectUri: z.optional(z.nullable(z.string())),
    }),
  ),
  drafts: z.boolean(),
  locations: z.boolean(),
});

export const listChannelsAnswer = z.object({ channels: z.array(channelView) });
export type ListChannelsAnswer = z.infer<typeof listChannelsAnswer>;
