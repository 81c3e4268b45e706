
"use strict";
// Unpacks the block: its head, and columns that are read when somebody asks for them.
async function unpack(element) {
  const deflated = bytesOf(element.textContent.replace(/\s+/g, ""));
  element.remove();
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(stream).arrayBuffer();
  const length = new DataView(buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  const read = new Map();
  const column = (name) => {
    if (!read.has(name)) read.set(name, columnOf(buffer, length + 4, head.columns[name]));
    return read.get(name);
  };
  return { head, column, has: (name) => name in head.columns };
}

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

const NUMBERS = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, f8: Float64Array };

// A column of texts is an array of them, one of numbers a typed array, one of digits its bytes.
function columnOf(buffer, start, told) {
  const begin = start + told.begin;
  if (told.form === "texts") {
    if (!told.count) return [];
    return new TextDecoder("utf-8", { ignoreBOM: true })
      .decode(new Uint8Array(buffer, begin, told.length)).split("\0");
  }
  if (told.form === "hex") return new Digits(new Uint8Array(buffer, begin, told.length), told.size);
  return new NUMBERS[told.form](buffer, begin, told.count);
}

const PAIRS = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

class Digits {
  constructor(bytes, size) { this.bytes = bytes; this.size = size; }

  // The digits of one row; nothing where all are zero.
  at(row) {
    let text = "", any = 0;
    for (let i = row * this.size; i < (row + 1) * this.size; i++) {
      text += PAIRS[this.bytes[i]];
      any |= this.bytes[i];
    }
    return any ? text : "";
  }
}
