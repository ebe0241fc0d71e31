// The icons of kinds of node, by the names the catalogue uses.
import {
  ArrowLeftRight, CircleHelp, ClipboardList, CornerUpRight, FileText, Flag, Headset, List,
  MessageCircle, Shuffle, Sparkles, Split, SquareMousePointer, Timer, Variable, WandSparkles, Zap,
} from "lucide-react";

const ICONS = {
  arrow_left_right: ArrowLeftRight, circle_help: CircleHelp, clipboard_list: ClipboardList,
  corner_up_right: CornerUpRight, file_text: FileText, flag: Flag, headset: Headset, list: List,
  message_circle: MessageCircle, shuffle: Shuffle, sparkles: Sparkles, split: Split,
  square_mouse_pointer: SquareMousePointer, timer: Timer, variable: Variable,
  wand_sparkles: WandSparkles, zap: Zap,
};

export function Mark({ kind, size = 14 }) {
  const Icon = ICONS[kind?.icon] ?? CircleHelp;
  return (
    <span className={`kind-mark hue-${kind?.hue ?? 6}`} aria-hidden="true"><Icon size={size} /></span>
  );
}
