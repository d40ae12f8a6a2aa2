"""One pane for each tab: it asks the record, and shows what `console.tui.views` makes of it."""
