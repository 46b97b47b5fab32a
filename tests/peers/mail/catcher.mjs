// A mail server on a free loopback port. It prints its port, then each mail it takes as a line of JSON. Addresses that begin
// with "nobody" are refused for good; while the file named by the first argument is there, everything is refused for now.
import { existsSync } from "node:fs";
import { simpleParser } from "mailparser";
import { SMTPServer } from "smtp-server";

const busy = process.argv[2];

function failure(code, text) {
  return Object.assign(new Error(text), { responseCode: code });
}

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ["STARTTLS"],
  onRcptTo({ address }, _session, done) {
    if (existsSync(busy)) return done(failure(451, "come back later"));
    if (address.startsWith("nobody")) return done(failure(550, "no such mailbox"));
    return done();
  },
  async onData(stream, session, done) {
    const mail = await simpleParser(stream);
    const line = {
      to: session.envelope.rcptTo.map(({ address }) => address),
      from: mail.from.text,
      subject: mail.subject,
      text: mail.text,
      id: mail.messageId,
      automatic: mail.headers.get("auto-submitted"),
      language: mail.headers.get("content-language"),
    };
    process.stdout.write(`${JSON.stringify(line)}\n`);
    done();
  },
});
server.listen(0, "127.0.0.1", () => process.stdout.write(`${JSON.stringify({ port: server.server.address().port })}\n`));
