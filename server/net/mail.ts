// Sends e-mail through the mail server that a person names.

import { createTransport } from 'nodemailer';

export type MailSettings = {
  /** Such as smtps://user:password@mail.example.com. */
  readonly smtpUrl: string;
  readonly to: string;
  readonly from: string;
};

type Mail = { readonly subject: string; readonly text: string; readonly messageId: string };

const CONNECT_MS = 10_000;
const ANSWER_MS = 30_000;

/** @throws when the mail server does not take the mail. */
export function createMailer({ smtpUrl, to, from }: MailSettings): (mail: Mail) => Promise<void> {
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: ANSWER_MS,
    // What is in the text comes from stores: it may not make this server read files or addresses.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ subject, text, messageId }) => {
    await transport.sendMail({ from, to, subject, text, messageId: `<${messageId}>` });
  };
}
