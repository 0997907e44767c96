-- Books brought home: a librarian carries as many as the parameter says.

local function check(call)
    if call.answers.pieces > call.parameters.books then
        call:fail("bad_input", "answers.pieces", "too_many_books", "That is more than a librarian can carry.")
    end
end

return {check = check}
