/** Line icons on a 24 px grid, drawn for Parley. Beside words or inside a named control, so hidden from screen readers. */

const PATHS = {
  hash: "M5 9h15M4 15h15M10 4 8 20M16 4l-2 16",
  sound: "M4 10v4h4l5 4V6l-5 4H4zM16.5 9a4 4 0 0 1 0 6M19 6.5a8 8 0 0 1 0 11",
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM5 11a7 7 0 0 0 14 0M12 18v3",
  micOff:
    "M3 3l18 18M9 9v3a3 3 0 0 0 4.7 2.5M15 11V6a3 3 0 0 0-5.8-1M5 11a7 7 0 0 0 10.8 5.9M18.4 14a7 7 0 0 0 .6-3M12 18v3",
  ear: "M4 14v-2a8 8 0 0 1 16 0v2M4 14a2 2 0 0 1 2-1h1v7H6a2 2 0 0 1-2-2zM20 14a2 2 0 0 0-2-1h-1v7h1a2 2 0 0 0 2-2z",
  earOff:
    "M3 3l18 18M4 14v-2a8 8 0 0 1 2.3-5.6M9 4.6A8 8 0 0 1 20 12v2M4 14a2 2 0 0 1 2-1h1v7H6a2 2 0 0 1-2-2zM20 16v-2a2 2 0 0 0-2-1h-1M17 17v3h1",
  leave: "M2.6 14.2C8 9 16 9 21.4 14.2l-2.5 3.1-4.1-1.7-.3-3a11 11 0 0 0-5 0l-.3 3-4.1 1.7z",
  settings: "M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5",
  plus: "M12 5v14M5 12h14",
  people:
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.2M18 14.2a6.5 6.5 0 0 1 3.5 5.8",
  invite: "M10 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM3.5 20a6.5 6.5 0 0 1 12-3.4M19 12v6M16 15h6",
  chevron: "M6 9l6 6 6-6",
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6 6 18",
  check: "M5 12.5 10 17 19 7",
  reply: "M9 7 4 12l5 5M4 12h9a7 7 0 0 1 7 7",
  edit: "M4 20h4L19 9l-4-4L4 16zM13 7l4 4",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  send: "M4 12 20 4l-5 16-3.5-6.5zM11.5 13.5 20 4",
  retry: "M4 12a8 8 0 0 1 14-5.3L20 9M20 4v5h-5M20 12a8 8 0 0 1-14 5.3L4 15M4 20v-5h5",
  warn: "M12 4 2.5 20h19zM12 10v4.5M12 17.2v.3",
  down: "M12 5v14M6 13l6 6 6-6",
  up: "M12 19V5M6 11l6-6 6 6",
  search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5",
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4z",
  exit: "M14 4h5v16h-5M4 12h11M11 8l4 4-4 4",
  clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.5 2",
  at: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7.1",
  more: "M4.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0M11.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0M18.2 12a.8.8 0 1 0 1.6 0 .8.8 0 0 0-1.6 0",
  bell: "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 21h4",
  bellOff: "M3 3l18 18M9 5.8A6 6 0 0 1 18 11v3M6 10v6l-1.5 2H17M10 21h4",
  pin: "M9 4h6l-1 6 4 4H6l4-4zM12 14v6",
  ban: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.7 5.7l12.6 12.6",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8.5 14a4 4 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  forward: "M15 7l5 5-5 5M20 12h-9a7 7 0 0 0-7 7",
  link: "M10 14a4 4 0 0 0 5.7 0l3-3A4 4 0 0 0 13 5.3l-1 1M14 10a4 4 0 0 0-5.7 0l-3 3A4 4 0 0 0 11 18.7l1-1",
  flag: "M5 21V4h13l-3 4.5L18 13H5",
  file: "M6 3h8l5 5v13H6zM14 3v5h5",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 21a7.5 7.5 0 0 1 15 0",
  unread: "M4 5h16v11H10l-4 4v-4H4zM19 5.5a2 2 0 1 0 .01 0",
  select: "M4 4h16v16H4zM8 12.5l3 3 5.5-7",
  message: "M4 5h16v11H10l-4 4v-4H4z",
  lock: "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3",
  key: "M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9v4M17 12v3",
  shield: "M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6z",
  filter: "M4 5h16l-6 7.5V19l-4-2v-4.5z",
  folder: "M3 6h6l2 2.5h10V19H3z",
  play: "M7 4.5v15l12-7.5z",
  pause: "M8 5v14M16 5v14",
  next: "M9 5l7 7-7 7",
  minus: "M5 12h14",
  grip: "M5 9h14M5 15h14",
  expand: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
