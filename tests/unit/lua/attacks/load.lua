-- Whole files that are refused when they are loaded, with these words.

--- loop: used more than
while true do end

--- memory: KiB of memory
local t = {} while true do t[#t + 1] = {} end

--- syntax_error: near 'end'
return {compute = function(call) call:set( end}

--- no_table: must return a table
return 1

--- unknown_hook: unknown hook 'on_load'
return {on_load = function() end}

--- hook_no_function: the hook 'compute' must be a function
return {compute = 1}

--- parser_depth: overflow
return ((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))
