// The rules of `sequencer/api/strict_json.py`, written down once more for another language.
// Reads an array of base64 texts from standard input; writes an array of values as JSON texts, null for what is refused.
import { readFileSync } from "node:fs";

const SAFE = Number.MAX_SAFE_INTEGER;
const NUMBER = /-?(?:0|[1-9][0-9]*)/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const DEEPEST = 32;

class Refused extends Error {}

function parse(bytes) {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  let at = 0;
  const skip = () => {
    while (" \t\n\r".includes(text[at] ?? "x")) at++;
  };
  const expect = (word) => {
    if (!text.startsWith(word, at)) throw new Refused();
    at += word.length;
  };
  const take = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) throw new Refused();
    at += found[0].length;
    return found[0];
  };
  const string = () => {
    expect('"');
    let value = "";
    for (;;) {
      value += take(PLAIN);
      if (text[at] === '"') break;
      expect("\\");
      const letter = text[at++];
      if (letter === "u") {
        value += String.fromCharCode(parseInt(take(/[0-9a-fA-F]{4}/y), 16));
      } else if (letter in ESCAPES) {
        value += ESCAPES[letter];
      } else {
        throw new Refused();
      }
    }
    at++;
    if (!value.isWellFormed() || value.includes("\0")) throw new Refused();
    return value;
  };
  const number = () => {
    const written = take(NUMBER);
    if (/[.eE0-9]/.test(text[at] ?? "") || written === "-0") throw new Refused();
    const value = Number(written);
    if (!Number.isSafeInteger(value) || Math.abs(value) > SAFE) throw new Refused();
    return value;
  };
  const many = (open, close, item) => {
    expect(open);
    skip();
    if (text[at] === close) {
      at++;
      return;
    }
    for (;;) {
      item();
      skip();
      if (text[at] === close) break;
      expect(",");
    }
    at++;
  };
  const value = (depth) => {
    skip();
    if (depth >= DEEPEST && "[{".includes(text[at] ?? "x")) throw new Refused();
    switch (text[at]) {
      case "{": {
        const found = new Map();
        many("{", "}", () => {
          skip();
          const key = string();
          if (found.has(key)) throw new Refused();
          skip();
          expect(":");
          found.set(key, value(depth + 1));
        });
        return Object.fromEntries(found);
      }
      case "[": {
        const found = [];
        many("[", "]", () => found.push(value(depth + 1)));
        return found;
      }
      case '"':
        return string();
      case "t":
        return expect("true"), true;
      case "f":
        return expect("false"), false;
      case "n":
        return expect("null"), null;
      default:
        return number();
    }
  };
  const found = value(0);
  skip();
  if (at !== text.length) throw new Refused();
  return found;
}

const verdicts = JSON.parse(readFileSync(0, "utf8")).map((encoded) => {
  try {
    return JSON.stringify(parse(Buffer.from(encoded, "base64")));
  } catch (error) {
    if (error instanceof Refused || error instanceof TypeError || error instanceof RangeError) return null;
    throw error;
  }
});
process.stdout.write(JSON.stringify(verdicts));
