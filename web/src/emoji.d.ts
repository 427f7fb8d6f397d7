/** Made by emoji.ts from emojibase's data. */
declare module "virtual:emoji/*" {
  const rows: import("./lib/emoji").EmojiRow[];
  export default rows;
}
